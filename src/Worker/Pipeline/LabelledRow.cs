namespace EdgeBuild.Worker.Pipeline;

/// <summary>One row of a dataset, ready to be rendered.</summary>
/// <param name="Prompt">The prompt that it belongs to.</param>
/// <param name="File">The dataset as the project names it.</param>
/// <param name="Line">The row's line, from 1.</param>
/// <param name="Inputs">The inputs in the prompt's order, as text.</param>
/// <param name="Values">The outputs in the prompt's order, as text.</param>
/// <param name="Weight">How much the row counts in the loss.</param>
/// <param name="Hash">The hash of the row's canonical form.</param>
public sealed record LabelledRow(
    TrainedPrompt Prompt, string File, int Line, IReadOnlyList<string> Inputs, IReadOnlyList<string> Values, double Weight, string Hash);
