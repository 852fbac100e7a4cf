using System.Diagnostics;

using EdgeBuild.Contracts;

namespace EdgeBuild.Benchmarks;

/// <summary>Runs a verb in a process of its own.</summary>
internal static class ChildBenchmark
{
    /// <summary>Makes the start of this program with other arguments, in the environment in which the worker trains.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The start.</returns>
    public static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(ChildBenchmark).Assembly.Location);
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        // The allocator reads its settings when a process starts, so they cannot be set from inside.
        foreach ((string name, string value) in WorkerEnvironment.Variables)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs a verb.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="log">Receives what it prints.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Its figures.</returns>
    public static async Task<BenchmarkResult> RunAsync(string verb, IEnumerable<string> arguments, TextWriter log, CancellationToken cancellationToken)
    {
        string file = Path.GetTempFileName();
        try
        {
            ProcessStartInfo start = Start([verb, .. arguments, "--json", file]);
            start.RedirectStandardOutput = true;
            using Process process = Process.Start(start)!;
            try
            {
                await process.StandardOutput.ReadToEndAsync(cancellationToken);
                await process.WaitForExitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                throw;
            }

            // 1 means that a figure falls short of its goal.
            if (process.ExitCode is not (0 or 1))
            {
                throw new EdgeBuildException(ErrorCodes.TrainingFailed, $"'{verb} {string.Join(' ', arguments)}' ended with exit code {process.ExitCode}.");
            }

            return ResultFile.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
