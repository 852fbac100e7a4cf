using System.Text.Json.Serialization;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>The answer to one output of one row.</summary>
/// <param name="File">The dataset as the project names it.</param>
/// <param name="Line">The row's line, from 1.</param>
/// <param name="Hash">The hash of the row's canonical form: the same row of another version has the same one.</param>
/// <param name="Expected">What the row says.</param>
/// <param name="Predicted">What was answered.</param>
/// <param name="Confidence">The probability of that answer, 0 to 1.</param>
/// <param name="Right">Whether both are the same.</param>
public sealed record RowOutcome(string File, int Line, string Hash, string Expected, string Predicted, double Confidence, bool Right)
{
    /// <summary>Gets the most probable labels of an answer, the most probable first; null where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LabelShare>? Labels { get; init; }

    /// <summary>Gets the probability of the answer before its temperature was applied; null when none was.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RawConfidence { get; init; }

    /// <summary>Gets a value indicating whether the row looked unlike the training data.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsUnfamiliar { get; init; }

    /// <summary>A label and its probability.</summary>
    /// <param name="Label">The label.</param>
    /// <param name="Probability">Its probability, 0 to 1.</param>
    public sealed record LabelShare(string Label, double Probability);
}
