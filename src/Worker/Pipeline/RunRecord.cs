using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Collects what a run has measured.</summary>
/// <param name="plan">The plan.</param>
/// <param name="cache">The cache, which keeps the course of the training.</param>
public sealed class RunRecord(TrainingPlan plan, ArtifactCache cache)
{
    /// <summary>Makes the record.</summary>
    /// <param name="measured">The file that ships.</param>
    /// <param name="made">How it was quantized.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="examples">Renders rows.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="validated">The answers to validation rows.</param>
    /// <param name="shipped">The answers of the file that ships.</param>
    /// <param name="untuned">The answers of the untuned base.</param>
    /// <returns>The record.</returns>
    public EvaluationRecord Of(
        MeasuredModel measured,
        QuantizationRun.Result made,
        RowSet rows,
        ExampleBuilder examples,
        TrainedAdapter adapter,
        IReadOnlyList<OutputEvaluation> validated,
        IReadOnlyList<OutputEvaluation> shipped,
        IReadOnlyList<OutputEvaluation> untuned)
    {
        EdgeManifestFile file = plan.Kind == ArtifactKind.Adapter ? measured.Manifest.Adapters[0].File : measured.Manifest.Files[0];
        return new EvaluationRecord
        {
            Model = plan.Name,
            ModelKey = plan.ModelKey,
            Time = DateTimeOffset.UtcNow,
            File = made.File,
            Size = file.Size,
            Shipped = shipped,
            Others =
            [
                new EvaluationSet(EvaluationSet.Base, untuned),
                .. made.Unquantized is { } exact ? (EvaluationSet[])[new EvaluationSet(EvaluationSet.Unquantized, exact)] : [],
            ],
            Trials = made.Trials,
            Confidence = OutputConfidence.Of(measured.Manifest),
            AnswerTokens = rows.Test.GroupBy(row => row.Prompt.Name).ToDictionary(
                group => group.Key, group => examples.Build(group).Average(example => example.CompletionTokens.Length)),
            Losses = adapter.Losses.Count > 0 ? adapter.Losses : MetricsLog.ReadLosses(cache.AdapterDirectory(plan.AdapterKey)),
            Suspects = adapter.Suspects,
            ValidationSuspects = [.. validated.SelectMany(HeldOutLabels.Suspect)],
            Facts =
            [
                .. adapter.Facts,
                new("Base", $"{plan.Base.Name}, {plan.Base.License}, SHA-256 {plan.Base.Sha256}"),
                new("Quantization", made.File.Describe()),
                new("Runtime", $"llama.cpp {LlamaCppRelease.Version}"),
                new("File", FormattableString.Invariant($"{file.Name}, {file.Size / 1e6:0.0} MB, SHA-256 {file.Sha256}")),
                new("Keys", $"adapter {plan.AdapterKey}, model {plan.ModelKey}"),
                new("EdgeBuild", EdgeBuildVersion.Current),
            ],
            HeldBackTestRows = rows.HeldBackTest,
        };
    }
}
