namespace EdgeBuild.Prompts;

/// <summary>How a segment is turned into tokens.</summary>
public enum SegmentKind
{
    /// <summary>Markers of the chat format; the only text whose special tokens are parsed.</summary>
    Control,

    /// <summary>Literal text of the prompt file, or the fixed text of an answer.</summary>
    Text,

    /// <summary>A value of a row or of the caller.</summary>
    Input,

    /// <summary>A value of the answer.</summary>
    Output,
}
