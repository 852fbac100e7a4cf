using System.Globalization;

using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// What EdgeBuild adds to a build in which nothing has changed, and how long a refresh takes after one row was edited. Both are measured on
/// copies of samples/TicketTriage with a cache of their own, so that neither the sample nor the user's cache changes.
/// </summary>
internal sealed class BuildBenchmark : IBenchmark
{
    private const int Repetitions = 7;
    private const double AllowedSeconds = 0.5;
    private const double AllowedRefreshShare = 0.5;
    private const string TrainingRows = "tickets.train.jsonl";

    private static readonly string[] _enabled = ["-p:EmitCompilerGeneratedFiles=true"];
    private static readonly string[] _disabled = ["-p:EdgeBuildEnabled=false"];
    private static readonly string[] _noRestore = ["--no-restore"];

    /// <inheritdoc/>
    public string Verb => "build";

    /// <inheritdoc/>
    public string Description => "Time that EdgeBuild adds to an unchanged build, and the refresh after one edited row against the first training.";

    /// <inheritdoc/>
    public string? PathName => null;

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        string with = Path.Combine(RepositoryFolder.Artifacts, "TicketTriage.With");
        string without = Path.Combine(RepositoryFolder.Artifacts, "TicketTriage.Without");
        string cache = Path.Combine(RepositoryFolder.Artifacts, "TicketTriage.Cache");
        try
        {
            PrivateCache.Create(cache);
            var environment = new Dictionary<string, string> { ["EDGEBUILD_CACHE"] = cache };
            ProjectCopy.Create(RepositoryFolder.Sample, with);

            // The tools themselves are built first: they are no part of a user's build.
            await log.WriteLineAsync("Building the sample, with the default cache");
            await ProjectBuild.RunAsync(RepositoryFolder.Sample, [], cancellationToken: cancellationToken);

            await log.WriteLineAsync("First training");
            TimeSpan first = await ProjectBuild.RunAsync(with, _enabled, environment, cancellationToken);
            double firstAccuracy = LowestAccuracy(with);
            ProjectCopy.CreateWithGeneratedFiles(with, without);
            List<Figure> figures = [await MeasureUnchangedAsync(with, without, environment, log, cancellationToken)];

            await log.WriteLineAsync("Refresh after one edited row");
            EditOneRow(Path.Combine(with, "data", TrainingRows));
            TimeSpan refresh = await ProjectBuild.RunAsync(with, [.. _noRestore, .. _enabled], environment, cancellationToken);
            figures.Add(new Figure
            {
                Name = "build after one edited row",
                Value = refresh.TotalSeconds,
                Unit = "s",
                ReferenceName = "first training",
                Reference = first.TotalSeconds,
                Goal = string.Create(CultureInfo.InvariantCulture, $"ratio <= {AllowedRefreshShare}"),
                Passed = refresh <= first * AllowedRefreshShare,
            });
            figures.Add(new Figure
            {
                Name = "lowest accuracy after the refresh",
                Value = LowestAccuracy(with),
                Unit = "%",
                ReferenceName = "first training",
                Reference = firstAccuracy,
            });
            return new BenchmarkResult(figures);
        }
        finally
        {
            ProjectCopy.Delete(with);
            ProjectCopy.Delete(without);
            PrivateCache.Delete(cache);
        }
    }

    private static async Task<Figure> MeasureUnchangedAsync(
        string with, string without, Dictionary<string, string> environment, TextWriter log, CancellationToken cancellationToken)
    {
        await ProjectBuild.RunAsync(without, _disabled, environment, cancellationToken);
        var enabledTimes = new List<double>();
        var disabledTimes = new List<double>();

        // One more than is counted: the first pair finds cold files. Interleaved, so that a busy moment of the machine meets both.
        for (int repetition = 0; repetition <= Repetitions; repetition++)
        {
            await log.WriteLineAsync($"Unchanged build {repetition} of {Repetitions}");
            TimeSpan enabled = await ProjectBuild.RunAsync(with, [.. _noRestore, .. _enabled], environment, cancellationToken);
            TimeSpan plain = await ProjectBuild.RunAsync(without, [.. _noRestore, .. _disabled], environment, cancellationToken);
            if (repetition > 0)
            {
                enabledTimes.Add(enabled.TotalSeconds);
                disabledTimes.Add(plain.TotalSeconds);
            }
        }

        double median = Median(enabledTimes);
        double reference = Median(disabledTimes);
        return new Figure
        {
            Name = "unchanged build",
            Value = median,
            Unit = "s",
            ReferenceName = "EdgeBuildEnabled=false",
            Reference = reference,
            Goal = string.Create(CultureInfo.InvariantCulture, $"adds <= {AllowedSeconds} s"),
            Passed = median - reference <= AllowedSeconds,
        };
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double LowestAccuracy(string folder)
    {
        string path = Path.Combine(folder, LockFile.FileName);
        return LockFile.Parse(path, File.ReadAllText(path)).Metrics.Values.Min(metric => metric.Accuracy);
    }

    private static void EditOneRow(string path)
    {
        string[] lines = File.ReadAllLines(path);
        int middle = lines.Length / 2;
        string edited = lines[middle].Replace("\"ticket\": \"", "\"ticket\": \"Hello, ", StringComparison.Ordinal);
        if (edited == lines[middle])
        {
            throw new InvalidOperationException($"{TrainingRows}({middle + 1}) has no column 'ticket' to edit.");
        }

        lines[middle] = edited;
        File.WriteAllLines(path, lines);
    }
}
