using System.Globalization;

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
            RefreshStates states = RefreshStates.Read(paths[0], wanted, ChangedShare, work);
            await log.WriteLineAsync($"Training on {states.RowCount} rows");
            await MeasureAsync(states.Task, states.Before, refreshCache, log, cancellationToken);
            await log.WriteLineAsync($"Refresh after {states.ChangedCount} changed rows");
            Outcome refreshed = await MeasureAsync(states.Task, states.After, refreshCache, log, cancellationToken);
            await log.WriteLineAsync("Training the same rows from the start");
            Outcome whole = await MeasureAsync(states.Task, states.After, wholeCache, log, cancellationToken);
            return new BenchmarkResult(Compare(states, refreshed, whole));
        }
        finally
        {
            PrivateCache.Delete(refreshCache);
            PrivateCache.Delete(wholeCache);
            ProjectCopy.Delete(work);
        }
    }

    private static Figure[] Compare(RefreshStates states, Outcome refreshed, Outcome whole) =>
    [
        new Figure
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"refresh, {states.ChangedCount} of {states.RowCount} rows changed"),
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
        IntentResult result = await run.TrainAsync(log, cancellationToken);
        double validation = await run.AccuracyAsync(result.ModelPath, run.Rows.Validation, cancellationToken);
        double test = await run.AccuracyAsync(result.ModelPath, run.Rows.Test, cancellationToken);
        bool wasRefreshed = result.Origin.StartsWith("refreshed", StringComparison.Ordinal);
        return new Outcome(result.Time, wasRefreshed, validation, run.Rows.Validation.Count, test, run.Rows.Test.Count);
    }

    private sealed record Outcome(TimeSpan Time, bool WasRefreshed, double ValidationAccuracy, int ValidationRows, double TestAccuracy, int TestRows);
}
