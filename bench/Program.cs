using System.CommandLine;
using System.Diagnostics;

using EdgeBuild.Benchmarks;
using EdgeBuild.Contracts;

if (args is [ColdProcess.Verb, string model, string prompt])
{
    // Before anything else is loaded: the runtime benchmark measures this process.
    return await ColdProcess.AnswerAsync(model, prompt, CancellationToken.None);
}

// Each verb measures its reference in the same run, prints a table, and exits with 1 when a figure falls short of its goal.
var root = new RootCommand("Measures EdgeBuild. Every verb prints a table and exits with 1 when a figure falls short of its goal.");
foreach (IBenchmark benchmark in Benchmarks().OrderBy(benchmark => benchmark.Verb, StringComparer.Ordinal))
{
    root.Subcommands.Add(CreateCommand(benchmark));
}

return await root.Parse(args).InvokeAsync();

Command CreateCommand(IBenchmark benchmark)
{
    var command = new Command(benchmark.Verb, benchmark.Description);
    var json = new Option<FileInfo?>("--json") { Description = "Writes the figures to this file.", HelpName = "FILE" };
    command.Options.Add(json);
    foreach (Option option in benchmark.Options)
    {
        command.Options.Add(option);
    }

    Argument<string[]>? paths = null;
    if (benchmark.PathName is { } name)
    {
        paths = new Argument<string[]>(name) { Arity = ArgumentArity.ZeroOrMore };
        command.Arguments.Add(paths);
    }

    command.SetAction(async (parsed, cancellationToken) =>
    {
        if (benchmark.Trains && NeedsTrainingEnvironment())
        {
            return await RunInTrainingEnvironmentAsync(args, cancellationToken);
        }

        try
        {
            benchmark.Use(parsed);
            BenchmarkResult result = await benchmark.RunAsync(
                paths is null ? [] : parsed.GetValue(paths) ?? [], Console.Error, cancellationToken);
            result = result with { GemmPeaks = result.GemmPeaks ?? MeasureGemmPeaks() };
            ResultTable.Write(Console.Out, benchmark.Verb, result);
            if (parsed.GetValue(json) is { } file)
            {
                ResultFile.Write(file.FullName, benchmark.Verb, result);
            }

            return result.Passed ? 0 : 1;
        }
        catch (EdgeBuildException exception)
        {
            await Console.Error.WriteLineAsync(exception.ToDiagnostic().ToString());
            return 2;
        }
    });
    return command;
}

static IReadOnlyDictionary<string, double>? MeasureGemmPeaks()
{
    try
    {
        return GemmPeak.Measure();
    }
    catch (EdgeBuildException exception)
    {
        // A machine that cannot train can still be measured.
        Console.Error.WriteLine(exception.ToDiagnostic());
        return null;
    }
}

static IEnumerable<IBenchmark> Benchmarks() =>
    typeof(Program).Assembly.GetTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBenchmark)))
        .Select(type => (IBenchmark)Activator.CreateInstance(type)!);

static bool NeedsTrainingEnvironment() =>
    OperatingSystem.IsLinux()
    && WorkerEnvironment.Variables.Any(variable => Environment.GetEnvironmentVariable(variable.Key) != variable.Value);

static async Task<int> RunInTrainingEnvironmentAsync(string[] arguments, CancellationToken cancellationToken)
{
    ProcessStartInfo start = ChildBenchmark.Start(arguments);
    using Process process = Process.Start(start)!;
    try
    {
        await process.WaitForExitAsync(cancellationToken);
    }
    catch (OperationCanceledException)
    {
        process.Kill(entireProcessTree: true);
        throw;
    }

    return process.ExitCode;
}
