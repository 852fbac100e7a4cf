using System.Diagnostics;
using System.Globalization;

using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>The first answer of a process of its own, and the memory that it takes.</summary>
internal sealed class ColdProcess : IRuntimePart
{
    /// <summary>The verb of the process.</summary>
    public const string Verb = "runtime-cold";

    private const double LongestStart = 0.9;
    private const double MostMegabytes = 150;
    private const int Starts = 5;

    /// <inheritdoc/>
    public string Name => "cold";

    /// <inheritdoc/>
    public int Order => 0;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken)
    {
        // The first run brings the files into the memory of the system.
        await RunAsync(subject.Path, RuntimePrompts.WithHead, cancellationToken);
        var starts = new Timings();
        for (int start = 0; start < Starts; start++)
        {
            starts.Add(TimeSpan.FromSeconds((await RunAsync(subject.Path, RuntimePrompts.WithHead, cancellationToken)).Seconds));
        }

        double seconds = starts.Median / 1000;
        double file = new FileInfo(subject.Path).Length / 1e6;
        double added = (await RunAsync(subject.Path, RuntimePrompts.Long, cancellationToken)).Megabytes - file;
        return
        [
            new Figure
            {
                Name = "first answer of a cold process",
                Value = seconds,
                Unit = "s",
                Goal = subject.IsSmolLM2 ? $"{LongestStart} s" : null,
                Passed = subject.IsSmolLM2 ? seconds <= LongestStart : null,
            },
            new Figure
            {
                Name = "resident memory of that process over the file, context of 2048 tokens",
                Value = added,
                Unit = "MB",
                ReferenceName = "model file",
                Reference = file,
                Goal = subject.IsSmolLM2 ? $"{MostMegabytes} MB" : null,
                Passed = subject.IsSmolLM2 ? added <= MostMegabytes : null,
            },
        ];
    }

    /// <summary>Answers once and prints the time since the process began, in seconds, and the resident memory, in MB.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="prompt">The name of the prompt.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> AnswerAsync(string path, string prompt, CancellationToken cancellationToken)
    {
        bool isLong = prompt == RuntimePrompts.Long.Name;
        using EdgePromptClient client = RuntimePrompts.Open(isLong ? RuntimePrompts.Long : RuntimePrompts.WithHead, path);
        string input = isLong ? string.Join(' ', Enumerable.Repeat(RuntimePrompts.Input, 60)) : RuntimePrompts.Input;
        await client.PredictAsync([input], cancellationToken);
        using var self = Process.GetCurrentProcess();
        double seconds = (DateTime.Now - self.StartTime).TotalSeconds;
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{seconds} {self.WorkingSet64 / 1e6}"));
        return 0;
    }

    private static async Task<(double Seconds, double Megabytes)> RunAsync(string path, PromptDefinition prompt, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(ColdProcess).Assembly.Location);
        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(path);
        start.ArgumentList.Add(prompt.Name);
        using Process process = Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        string[] parts = output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return (double.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
