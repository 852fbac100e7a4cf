using System.Diagnostics;

namespace EdgeBuild.Benchmarks;

/// <summary>Runs <c>dotnet build</c> as a user does: a process of its own each time.</summary>
internal static class ProjectBuild
{
    /// <summary>Builds a project in the Release configuration.</summary>
    /// <param name="folder">The folder of the project.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="cancellationToken">Ends the build.</param>
    /// <returns>The time from start to exit.</returns>
    /// <exception cref="InvalidOperationException">The build failed; the message holds its last lines.</exception>
    public static async Task<TimeSpan> RunAsync(
        string folder,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellationToken = default) =>
        (await FinishAsync(folder, ["build", "-c", "Release", "-nologo", "-v:minimal", "-tl:off", .. arguments], environment, cancellationToken)).Elapsed;

    /// <summary>Runs any command of dotnet.</summary>
    /// <param name="folder">The working directory.</param>
    /// <param name="arguments">The command.</param>
    /// <param name="environment">Variables to set.</param>
    /// <param name="cancellationToken">Ends the command.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">The command failed; the message holds its last lines.</exception>
    public static async Task<string> ReadDotnetAsync(
        string folder,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancellationToken) =>
        (await FinishAsync(folder, arguments, environment, cancellationToken)).Output;

    private static async Task<(TimeSpan Elapsed, string Output)> FinishAsync(
        string folder,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // `dotnet run` sets MSBuild's variables for this process; a build inside it must find its own.
        foreach (string inherited in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(began);
            if (process.ExitCode != 0)
            {
                string[] lines = (await output + await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                throw new InvalidOperationException($"dotnet {start.ArgumentList[0]} failed in {folder}:\n{string.Join('\n', lines.TakeLast(15))}");
            }

            return (elapsed, await output);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
