using System.Diagnostics;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Asking;

/// <summary>What the language server learns of the cache. A record is read again when it has changed.</summary>
internal sealed class BuiltModels : IBuiltModels
{
    // What the report was drawn from is large; of old models nothing is kept.
    private const int MostKept = 8;

    private readonly Dictionary<string, (DateTime Time, ModelFigures? Figures)> _figures = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Gets the plan of the model that exists: that of the plan, else the one that shipped before.</summary>
    public static TrainingPlan? Find(TrainingPlan plan)
    {
        var cache = new ArtifactCache(plan.CacheDirectory);
        return ((string[])[plan.ModelKey, plan.LastModelKey]).Where(key => key.Length > 0 && ArtifactCache.IsComplete(cache.ModelDirectory(key)))
            .Select(key => plan with { ModelKey = key }).FirstOrDefault();
    }

    /// <inheritdoc/>
    public ModelFigures? Read(TrainingPlan plan)
    {
        if (Find(plan) is not { } built)
        {
            return null;
        }

        string directory = new ArtifactCache(built.CacheDirectory).ModelDirectory(built.ModelKey);
        DateTime time = File.GetLastWriteTimeUtc(Path.Combine(directory, EvaluationRecord.FileName));
        lock (_lock)
        {
            if (!_figures.TryGetValue(directory, out (DateTime Time, ModelFigures? Figures) known) || known.Time != time)
            {
                if (_figures.Count >= MostKept)
                {
                    _figures.Clear();
                }

                known = (time, EvaluationRecord.Read(directory) is { } record ? Convert(record, Path.Combine(directory, ReportFile.FileName)) : null);
                _figures[directory] = known;
            }

            return known.Figures;
        }
    }

    /// <inheritdoc/>
    public ProcessStartInfo HostProcess()
    {
        string worker = typeof(BuiltModels).Assembly.Location;
        var start = new ProcessStartInfo("dotnet", [worker, Verbs.ModelHostVerb.Name]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment["DOTNET_NOLOGO"] = "1";
        return start;
    }

    private static ModelFigures Convert(EvaluationRecord record, string report) => new(
        [.. record.Shipped.Select(Convert)],
        [.. record.Suspects.Concat(record.HeldOutSuspects).Select(suspect => new SuspectedRow(
            suspect.File, suspect.Line, suspect.Hash is { } hash ? RowHash.Parse(hash) : null, suspect.Output, suspect.Label, suspect.LabelProbability, suspect.Other, suspect.OtherProbability))],
        report);

    private static OutputFigures Convert(OutputEvaluation output)
    {
        var answers = new Dictionary<RowHash, RowAnswer>();
        foreach (RowOutcome outcome in output.Outcomes)
        {
            answers[RowHash.Parse(outcome.Hash)] = new RowAnswer(
                outcome.Expected, outcome.Predicted, outcome.Confidence, outcome.Right, [.. (outcome.Labels ?? []).Select(label => new LabelShare(label.Label, label.Probability))]);
        }

        return new OutputFigures(
            output.Prompt,
            output.Output,
            output.Confusion is { } confusion
                ? confusion.Labels.Select((label, index) => (label, new LabelFigures(confusion.Precision(index), confusion.Recall(index), confusion.RowSum(index))))
                    .ToDictionary(entry => entry.label, entry => entry.Item2, StringComparer.Ordinal)
                : new Dictionary<string, LabelFigures>(),
            answers);
    }
}
