using System.Text.Json.Serialization;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>A training row of whose label the model is sure that it is another one.</summary>
/// <param name="File">The dataset as the project names it.</param>
/// <param name="Line">The row's line.</param>
/// <param name="Output">The output.</param>
/// <param name="Label">The label of the row.</param>
/// <param name="LabelProbability">What the model gives it.</param>
/// <param name="Other">The label that the model prefers.</param>
/// <param name="OtherProbability">What the model gives that one.</param>
public sealed record SuspectedLabel(string File, int Line, string Output, string Label, double LabelProbability, string Other, double OtherProbability)
{
    /// <summary>Gets the hash of the row's canonical form, by which it is found when lines have moved; null in records of older versions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hash { get; init; }
}
