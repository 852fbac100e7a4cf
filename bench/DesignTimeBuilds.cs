using System.Globalization;
using System.Text;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// Design-time builds of two projects, as an editor asks for them: in one process that stays, each with an evaluation of its own. Each build of one
/// project has one of the other right beside it, in changing order, so that a busy moment of the machine meets both.
/// </summary>
internal static class DesignTimeBuilds
{
    /// <summary>What the first builds compile and read, later ones find.</summary>
    private const int WarmUp = 10;

    private const string Marker = "pair ";

    /// <summary>Builds in pairs.</summary>
    /// <param name="first">The folder of a restored project App.csproj.</param>
    /// <param name="second">The folder of the other one.</param>
    /// <param name="pairs">The number of pairs; even.</param>
    /// <param name="environment">Variables of the builds.</param>
    /// <param name="cancellationToken">Ends the builds.</param>
    /// <returns>Milliseconds of both projects, for every two pairs.</returns>
    public static async Task<IReadOnlyList<(double First, double Second)>> RunAsync(
        string first, string second, int pairs, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        string driver = Path.Combine(first, "obj", "DesignTime.proj");
        await File.WriteAllTextAsync(driver, Driver(first, second, WarmUp + pairs), cancellationToken);
        string output = await ProjectBuild.ReadDotnetAsync(first, ["msbuild", driver, "-nologo", "-v:m", "-tl:off", "-m:1", "-nodeReuse:false"], environment, cancellationToken);
        return
        [
            .. output.Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith(Marker, StringComparison.Ordinal))
                .Select(line => line[Marker.Length..].Split(' ').Select(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)).ToArray())
                .Select(ticks => (Milliseconds(ticks[1] - ticks[0]), Milliseconds(ticks[3] - ticks[2])))
                .Skip(WarmUp)

                // The second build of a pair finds what the first has left in caches, and garbage: only both orders together compare the projects.
                .Chunk(2)
                .Select(orders => (orders.Average(pair => pair.Item1), orders.Average(pair => pair.Item2))),
        ];
    }

    private static double Milliseconds(long ticks) => (double)ticks / TimeSpan.TicksPerMillisecond;

    private static string Driver(string first, string second, int pairs)
    {
        var project = new StringBuilder("""
            <Project DefaultTargets="Build">
              <Target Name="Build">

            """);
        for (int pair = 0; pair < pairs; pair++)
        {
            foreach (bool isFirst in pair % 2 == 0 ? (bool[])[true, false] : [false, true])
            {
                string name = isFirst ? "First" : "Second";
                project.Append(CultureInfo.InvariantCulture, $"""
                        <PropertyGroup><{name}Start>$([System.DateTime]::UtcNow.Ticks)</{name}Start></PropertyGroup>
                        <MSBuild Projects="{Path.Combine(isFirst ? first : second, "App.csproj")}" Targets="ResolveAssemblyReferencesDesignTime;Compile" SkipNonexistentTargets="true"
                                 Properties="Configuration=Release;DesignTimeBuild=true;BuildingInsideVisualStudio=true;SkipCompilerExecution=true;ProvideCommandLineArgs=true;Run={pair}" />
                        <PropertyGroup><{name}End>$([System.DateTime]::UtcNow.Ticks)</{name}End></PropertyGroup>

                    """);
            }

            project.AppendLine($"    <Message Importance=\"high\" Text=\"{Marker}$(FirstStart) $(FirstEnd) $(SecondStart) $(SecondEnd)\" />");
        }

        return project.Append("  </Target>\n</Project>\n").ToString();
    }
}
