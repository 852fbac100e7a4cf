using System.Text.Json.Serialization;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Reporting;

/// <summary>One line of metrics.jsonl: a step of the training, or a validation after it.</summary>
internal sealed record MetricsRecord
{
    public required int Step { get; init; }

    public required DateTimeOffset Time { get; init; }

    public double? Loss { get; init; }

    public double? GradientNorm { get; init; }

    public double? LearningRate { get; init; }

    public double? TokensPerSecond { get; init; }

    public double? PeakShare { get; init; }

    public double? ValidationLoss { get; init; }

    /// <summary>Gets the values by their names in TensorBoard.</summary>
    [JsonIgnore]
    public IEnumerable<(string Tag, double Value)> Scalars
    {
        get
        {
            (string Tag, double? Value)[] scalars =
            [
                ("loss/train", Loss),
                ("loss/validation", ValidationLoss),
                ("optimizer/gradient norm", GradientNorm),
                ("optimizer/learning rate", LearningRate),
                ("speed/tokens per second", TokensPerSecond),
                ("speed/share of peak", PeakShare),
            ];
            return scalars.Where(scalar => scalar.Value is not null).Select(scalar => (scalar.Tag, scalar.Value!.Value));
        }
    }

    public static MetricsRecord Of(TrainingStep step, DateTimeOffset time) => new()
    {
        Step = step.Step,
        Time = time,
        Loss = step.Loss,
        GradientNorm = step.GradientNorm,
        LearningRate = step.LearningRate,
        TokensPerSecond = step.Duration > TimeSpan.Zero ? step.Tokens / step.Duration.TotalSeconds : null,
        PeakShare = step.PeakShare,
    };

    public static MetricsRecord Of(ValidationLoss validation, DateTimeOffset time) =>
        new() { Step = validation.Step, Time = time, ValidationLoss = validation.Loss };
}
