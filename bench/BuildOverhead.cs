using System.Globalization;

namespace EdgeBuild.Benchmarks;

/// <summary>What EdgeBuild adds to builds in which it has nothing to do. Pairs are interleaved, so that a busy moment of the machine meets both projects.</summary>
internal static class BuildOverhead
{
    private const int Pairs = 9;
    private const int DesignTimeBuilds = 20;
    private const double AllowedSeconds = 0.2;
    private const double AllowedDesignTimeRatio = 1.03;

    private static readonly string[] _noRestore = ["--no-restore"];

    /// <summary>Measures.</summary>
    public static async Task<Figure[]> MeasureAsync(PackedProjects projects, TextWriter log, CancellationToken cancellationToken)
    {
        (double Enabled, double Plain) unchanged = await PairAsync(
            "Unchanged build", folder => ProjectBuild.RunAsync(folder, _noRestore, projects.Environment, cancellationToken), projects, log);
        (double Enabled, double Plain) designTime = await PairAsync(
            "Design-time builds", folder => DesignTimeAsync(folder, projects, cancellationToken), projects, log);
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
                Value = designTime.Enabled * 1000,
                Unit = "ms",
                ReferenceName = "without EdgeBuild",
                Reference = designTime.Plain * 1000,
                Goal = string.Create(CultureInfo.InvariantCulture, $"ratio <= {AllowedDesignTimeRatio}"),
                Passed = designTime.Enabled <= designTime.Plain * AllowedDesignTimeRatio,
            },
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

    /// <summary>An editor builds in a process that stays: many builds in one, less the time of one without any.</summary>
    private static async Task<TimeSpan> DesignTimeAsync(string folder, PackedProjects projects, CancellationToken cancellationToken)
    {
        string driver = Path.Combine(folder, "obj", "DesignTime.proj");
        await File.WriteAllTextAsync(driver, $"""
            <Project DefaultTargets="Build">
              <ItemGroup><Run Include="$([MSBuild]::Escape('$(Runs)').Split(','))" /></ItemGroup>
              <Target Name="Build">
                <MSBuild Projects="{Path.Combine(folder, "App.csproj")}" Targets="ResolveAssemblyReferencesDesignTime;Compile"
                         Properties="Configuration=Release;DesignTimeBuild=true;BuildingInsideVisualStudio=true;SkipCompilerExecution=true;ProvideCommandLineArgs=true;Run=%(Run.Identity)"
                         SkipNonexistentTargets="true" Condition="'@(Run)' != ''" />
              </Target>
            </Project>
            """, cancellationToken);
        Task<TimeSpan> RunAsync(int first, int count) => ProjectBuild.RunDotnetAsync(
            folder, ["msbuild", driver, "-nologo", "-v:q", $"-p:Runs={string.Join("%2C", Enumerable.Range(first, count))}"], projects.Environment, cancellationToken);
        TimeSpan one = await RunAsync(0, 1);
        TimeSpan many = await RunAsync(0, DesignTimeBuilds + 1);
        return (many - one) / DesignTimeBuilds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
