namespace EdgeBuild.Prompts;

/// <summary>A piece of a prompt or of an answer that is tokenized on its own.</summary>
/// <param name="Kind">How it is turned into tokens.</param>
/// <param name="Text">The text; empty for <see cref="SegmentKind.Input"/> and <see cref="SegmentKind.Output"/>.</param>
/// <param name="SlotIndex">The index of the input or output whose value stands here; -1 for fixed text.</param>
public readonly record struct PromptSegment(SegmentKind Kind, string Text, int SlotIndex);
