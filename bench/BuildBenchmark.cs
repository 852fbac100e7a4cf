using System.CommandLine;
using System.Globalization;

using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// What EdgeBuild adds to a build in which nothing has changed, and to one that an editor asks for. With --refresh also how long a refresh takes after
/// one row was edited, on a copy of samples/TicketTriage with a cache of its own, so that neither the sample nor the user's cache changes.
/// </summary>
internal sealed class BuildBenchmark : IBenchmark
{
    private const double AllowedRefreshShare = 0.5;
    private const string TrainingRows = "tickets.train.jsonl";

    private static readonly string[] _noRestore = ["--no-restore"];

    private readonly Option<bool> _withRefresh = new("--refresh") { Description = "Measures the refresh of the sample too, which trains for some minutes." };
    private bool _refresh;

    /// <inheritdoc/>
    public string Verb => "build";

    /// <inheritdoc/>
    public string Description => "Time that EdgeBuild adds to an unchanged build and to a design-time build.";

    /// <inheritdoc/>
    public string? PathName => null;

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [_withRefresh];

    /// <inheritdoc/>
    public void Use(ParseResult parsed) => _refresh = parsed.GetValue(_withRefresh);

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        using PackedProjects projects = await PackedProjects.CreateAsync(log, cancellationToken);
        Figure[] overhead = await BuildOverhead.MeasureAsync(projects, log, cancellationToken);
        return new BenchmarkResult(_refresh ? [.. overhead, .. await MeasureRefreshAsync(log, cancellationToken)] : overhead);
    }

    private static async Task<Figure[]> MeasureRefreshAsync(TextWriter log, CancellationToken cancellationToken)
    {
        string copy = Path.Combine(RepositoryFolder.Artifacts, "TicketTriage.With");
        string cache = Path.Combine(RepositoryFolder.Artifacts, "TicketTriage.Cache");
        try
        {
            PrivateCache.Create(cache);
            var environment = new Dictionary<string, string> { ["EDGEBUILD_CACHE"] = cache };
            ProjectCopy.Create(RepositoryFolder.Sample, copy);

            // The tools themselves are built first: they are no part of a user's build.
            await log.WriteLineAsync("Building the sample, with the default cache");
            await ProjectBuild.RunAsync(RepositoryFolder.Sample, [], cancellationToken: cancellationToken);

            await log.WriteLineAsync("First training");
            TimeSpan first = await ProjectBuild.RunAsync(copy, [], environment, cancellationToken);
            double firstAccuracy = LowestAccuracy(copy);

            await log.WriteLineAsync("Refresh after one edited row");
            EditOneRow(Path.Combine(copy, "data", TrainingRows));
            TimeSpan refresh = await ProjectBuild.RunAsync(copy, _noRestore, environment, cancellationToken);
            return
            [
                new Figure
                {
                    Name = "build after one edited row",
                    Value = refresh.TotalSeconds,
                    Unit = "s",
                    ReferenceName = "first training",
                    Reference = first.TotalSeconds,
                    Goal = string.Create(CultureInfo.InvariantCulture, $"ratio <= {AllowedRefreshShare}"),
                    Passed = refresh <= first * AllowedRefreshShare,
                },
                new Figure
                {
                    Name = "lowest accuracy after the refresh",
                    Value = LowestAccuracy(copy),
                    Unit = "%",
                    ReferenceName = "first training",
                    Reference = firstAccuracy,
                },
            ];
        }
        finally
        {
            ProjectCopy.Delete(copy);
            PrivateCache.Delete(cache);
        }
    }

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
