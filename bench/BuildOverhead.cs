using System.Globalization;

namespace EdgeBuild.Benchmarks;

/// <summary>What EdgeBuild adds to builds in which it has nothing to do. Pairs are interleaved, so that a busy moment of the machine meets both projects.</summary>
internal static class BuildOverhead
{
    private const int Pairs = 9;
    private const int DesignTimePairs = 400;
    private const double AllowedSeconds = 0.2;
    private const double AllowedDesignTimeRatio = 1.03;

    private static readonly string[] _noRestore = ["--no-restore"];

    /// <summary>Measures.</summary>
    public static async Task<Figure[]> MeasureAsync(PackedProjects projects, TextWriter log, CancellationToken cancellationToken)
    {
        (double Enabled, double Plain) unchanged = await PairAsync(
            "Unchanged build", folder => ProjectBuild.RunAsync(folder, _noRestore, projects.Environment, cancellationToken), projects, log);
        await log.WriteLineAsync($"Design-time builds, {DesignTimePairs} pairs");
        IReadOnlyList<(double Enabled, double Plain)> designTime = await DesignTimeBuilds.RunAsync(projects.With, projects.Without, DesignTimePairs, projects.Environment, cancellationToken);
        PairedRatio ratio = PairedRatio.Of([.. designTime]);
        return
        [
            new Figure
            {
                Name = "unchanged build, 3 models",
                Value = unchanged.Enabled,
                Unit = "s",
                ReferenceName = "without EdgeBuild",
                Reference = unchanged.Plain,
                Goal = string.Create(CultureInfo.InvariantCulture, $"adds <= {AllowedSeconds} s"),
                Passed = unchanged.Enabled - unchanged.Plain <= AllowedSeconds,
            },
            new Figure
            {
                Name = "design-time build, 3 models",
                Value = Median([.. designTime.Select(pair => pair.Enabled)]),
                Unit = "ms",
                ReferenceName = "without EdgeBuild",
                Reference = Median([.. designTime.Select(pair => pair.Plain)]),
            },
            new Figure
            {
                Name = $"adds to a design-time build, median of {designTime.Count} times two pairs",
                Value = ratio.Median - 1,
                Unit = "%",
                Goal = "<= 3 %",
                Passed = ratio.Median <= AllowedDesignTimeRatio,
            },
            new Figure { Name = "lower end of its 95 % interval", Value = ratio.Low - 1, Unit = "%" },
            new Figure { Name = "upper end of its 95 % interval", Value = ratio.High - 1, Unit = "%" },
        ];
    }

    /// <summary>Gives the medians of both; the first pair finds cold files and is not counted.</summary>
    private static async Task<(double Enabled, double Plain)> PairAsync(string name, Func<string, Task<TimeSpan>> run, PackedProjects projects, TextWriter log)
    {
        var enabled = new List<double>();
        var plain = new List<double>();
        for (int pair = 0; pair <= Pairs; pair++)
        {
            await log.WriteLineAsync($"{name}, pair {pair} of {Pairs}");
            TimeSpan with = await run(projects.With);
            TimeSpan without = await run(projects.Without);
            if (pair > 0)
            {
                enabled.Add(with.TotalSeconds);
                plain.Add(without.TotalSeconds);
            }
        }

        return (Median(enabled), Median(plain));
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
