using System.Diagnostics;
using System.Globalization;

using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>The first answer of a process of its own, and the memory that it takes.</summary>
internal static class ColdProcess
{
    /// <summary>The verb of the process.</summary>
    public const string Verb = "runtime-cold";

    /// <summary>Measures from the start of the process to its first answer.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    /// <returns>Time and memory.</returns>
    public static async Task<IReadOnlyList<Figure>> MeasureAsync(string path, CancellationToken cancellationToken)
    {
        // The first run brings the files into the memory of the system.
        await RunAsync(path, cancellationToken);
        (double seconds, double megabytes) = await RunAsync(path, cancellationToken);
        double fileMegabytes = new FileInfo(path).Length / 1e6;
        return
        [
            new Figure { Name = "first answer of a cold process", Value = seconds, Unit = "s", Goal = "0.9 s", Passed = seconds <= 0.9 },
            new Figure
            {
                Name = "resident memory of that process over the file",
                Value = megabytes - fileMegabytes,
                Unit = "MB",
                ReferenceName = "model file",
                Reference = fileMegabytes,
                Goal = "150 MB",
                Passed = megabytes - fileMegabytes <= 150,
            },
        ];
    }

    /// <summary>Answers once and prints the time since the process began, in seconds, and the resident memory, in MB.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> AnswerAsync(string path, CancellationToken cancellationToken)
    {
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.Classification, path);
        await client.PredictAsync([RuntimePrompts.Input], cancellationToken);
        using var self = Process.GetCurrentProcess();
        double seconds = (DateTime.Now - self.StartTime).TotalSeconds;
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{seconds} {self.WorkingSet64 / 1e6}"));
        return 0;
    }

    private static async Task<(double Seconds, double Megabytes)> RunAsync(string path, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(ColdProcess).Assembly.Location);
        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(path);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        string[] parts = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
