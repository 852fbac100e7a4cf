using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Runtime;
using EdgeBuild.Worker;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// A refresh after 5 % of the training rows were exchanged, against a training of the same rows from the start: the time of the adapter stage, and
/// the accuracy of the quantized files on validation and test rows.
/// </summary>
internal sealed class RefreshBenchmark : IBenchmark
{
    private const int DefaultRows = 5000;
    private const double ChangedShare = 0.05;
    private const double AllowedTimeShare = 0.2;
    private const double AllowedLoss = 0.005;

    /// <inheritdoc/>
    public string Verb => "refresh";

    /// <inheritdoc/>
    public string Description => "A refresh after 5 % changed rows against training anew. DIR has train.csv and test.csv (text, category); a second argument is the number of training rows, 5000 by default.";

    /// <inheritdoc/>
    public string PathName => "DIR [ROWS]";

    /// <inheritdoc/>
    public bool Trains => true;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        if (paths.Count is < 1 or > 2)
        {
            throw new ArgumentException("Name a folder with train.csv and test.csv, and perhaps the number of training rows.", nameof(paths));
        }

        int wanted = paths.Count == 2 ? int.Parse(paths[1], CultureInfo.InvariantCulture) : DefaultRows;
        string work = Path.Combine(RepositoryFolder.Artifacts, "Refresh");
        string refreshCache = Path.Combine(work, "refresh");
        string wholeCache = Path.Combine(work, "whole");
        try
        {
            PrivateCache.Create(refreshCache);
            PrivateCache.Create(wholeCache);
            IntentTask task = IntentTask.Read(paths[0], wanted, ChangedShare, work);
            await log.WriteLineAsync($"Training on {task.RowCount} rows");
            await MeasureAsync(task, task.Before, refreshCache, log, cancellationToken);
            await log.WriteLineAsync($"Refresh after {task.ChangedCount} changed rows");
            Outcome refreshed = await MeasureAsync(task, task.After, refreshCache, log, cancellationToken);
            await log.WriteLineAsync("Training the same rows from the start");
            Outcome whole = await MeasureAsync(task, task.After, wholeCache, log, cancellationToken);
            return new BenchmarkResult(Compare(task, refreshed, whole));
        }
        finally
        {
            PrivateCache.Delete(refreshCache);
            PrivateCache.Delete(wholeCache);
            ProjectCopy.Delete(work);
        }
    }

    private static Figure[] Compare(IntentTask task, Outcome refreshed, Outcome whole) =>
    [
        new Figure
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"refresh, {task.ChangedCount} of {task.RowCount} rows changed"),
            Value = refreshed.Time.TotalSeconds,
            Unit = "s",
            ReferenceName = "from the start",
            Reference = whole.Time.TotalSeconds,
            Goal = string.Create(CultureInfo.InvariantCulture, $"ratio <= {AllowedTimeShare}, and it was one"),
            Passed = refreshed.WasRefreshed && !whole.WasRefreshed && refreshed.Time <= whole.Time * AllowedTimeShare,
        },
        new Figure
        {
            Name = $"accuracy on {refreshed.ValidationRows} validation rows",
            Value = refreshed.ValidationAccuracy,
            Unit = "%",
            ReferenceName = "from the start",
            Reference = whole.ValidationAccuracy,
            Goal = "at most 0.5 points below",
            Passed = refreshed.ValidationAccuracy >= whole.ValidationAccuracy - AllowedLoss,
        },
        new Figure
        {
            Name = $"accuracy on {refreshed.TestRows} test rows",
            Value = refreshed.TestAccuracy,
            Unit = "%",
            ReferenceName = "from the start",
            Reference = whole.TestAccuracy,
        },
    ];

    private static async Task<Outcome> MeasureAsync(IntentTask task, string trainPath, string cacheFolder, TextWriter log, CancellationToken cancellationToken)
    {
        using IntentRun run = task.Open(trainPath, cacheFolder);
        using var progress = new ProgressReporter(TextWriter.Null);
        long start = Stopwatch.GetTimestamp();
        TrainedAdapter adapter = await new AdapterStage(run.Plan, new ArtifactCache(cacheFolder), progress)
            .RunAsync(run.Rows, run.Examples, TimeSpan.Zero, cancellationToken);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        string origin = adapter.Facts.First(fact => fact.Key == "Adapter").Value;
        await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{origin}, {time.TotalSeconds:0.0} s"));

        string modelPath = Path.Combine(cacheFolder, "measured.gguf");
        QuantizeStage.Run(run.Plan, adapter.Path, modelPath, cancellationToken);
        double validation = await AccuracyAsync(run, modelPath, run.Rows.Validation, cancellationToken);
        double test = await AccuracyAsync(run, modelPath, run.Rows.Test, cancellationToken);
        bool wasRefreshed = origin.StartsWith("refreshed", StringComparison.Ordinal);
        return new Outcome(time, wasRefreshed, validation, run.Rows.Validation.Count, test, run.Rows.Test.Count);
    }

    private static async Task<double> AccuracyAsync(IntentRun run, string modelPath, IReadOnlyList<LabelledRow> rows, CancellationToken cancellationToken)
    {
        var manifest = new EdgeManifest
        {
            Model = run.Plan.Model,
            Prompts = [new EdgeManifestPrompt { Name = run.Prompt.Name, Hash = run.Prompt.Compiled.Hash, Labels = run.Prompt.Labels.ByOutput }],
        };
        IReadOnlyList<OutputEvaluation> result = await ModelEvaluator.EvaluateAsync(modelPath, manifest, rows, null, _ => { }, cancellationToken);
        return result.Single().Accuracy;
    }

    private sealed record Outcome(TimeSpan Time, bool WasRefreshed, double ValidationAccuracy, int ValidationRows, double TestAccuracy, int TestRows);
}
