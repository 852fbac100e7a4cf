using System.Diagnostics;
using System.Globalization;

using EdgeBuild.Generators;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeBuild.Benchmarks;

/// <summary>What the generator costs an editor: 100 prompts for the first time, one of them edited, and a keystroke in C# code.</summary>
internal sealed class GeneratorBenchmark : IBenchmark
{
    private const int Prompts = 100;
    private const int Edits = 200;
    private const double LongestEdit = 5;
    private const double LongestFirstRun = 300;

    public string Verb => "generator";

    public string Description => "Time of the source generator: 100 prompts for the first time, and after an edit of one of them.";

    public string? PathName => null;

    public bool Trains => false;

    public Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        CSharpParseOptions parseOptions = new(LanguageVersion.Latest, DocumentationMode.Diagnose);
        CSharpCompilation compilation = CreateCompilation(parseOptions);
        AdditionalPrompt[] prompts = [.. Enumerable.Range(0, Prompts).Select(index => AdditionalPrompt.Create(index, edition: 0))];

        // The compiler's own machinery is loaded in any editor; the generator is not, so its code is compiled in the first run.
        Run(CSharpGeneratorDriver.Create([new NothingGenerator().AsSourceGenerator()], prompts, parseOptions, new AdditionalPrompt.Options()), compilation);
        log.WriteLine($"{Prompts} prompts for the first time …");
        GeneratorDriver first = CreateDriver(prompts, parseOptions);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        double cold = Time(() => first = Run(first, compilation));
        double coldProcessor = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
        RequireClients(first);
        double[] again = Measure(20, () =>
        {
            GeneratorDriver driver = CreateDriver(prompts, parseOptions);
            return Time(() => Run(driver, compilation));
        });

        log.WriteLine($"{Edits} edits of one prompt …");
        GeneratorDriver edited = first;
        int edit = 0;
        double[] edits = Measure(Edits, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            int index = edit++ % Prompts;
            var changed = AdditionalPrompt.Create(index, edit);
            GeneratorDriver replaced = edited.ReplaceAdditionalText(prompts[index], changed);
            prompts[index] = changed;
            return Time(() => edited = Run(replaced, compilation));
        });
        RequireClients(edited);

        log.WriteLine($"{Edits} keystrokes in C# code …");
        int key = 0;
        double[] keystrokes = Measure(Edits, () =>
        {
            CSharpCompilation typed = compilation.AddSyntaxTrees(
                CSharpSyntaxTree.ParseText($"internal class Typed{key++.ToString(CultureInfo.InvariantCulture)};", parseOptions, cancellationToken: cancellationToken));
            return Time(() => edited = Run(edited, typed));
        });

        return Task.FromResult(new BenchmarkResult(
        [
            Milliseconds("100 prompts, first run of the process", cold, LongestFirstRun) with { ReferenceName = "processor time", Reference = coldProcessor },
            Milliseconds("100 prompts, new driver, median", Median(again)),
            Milliseconds("one of 100 prompts edited, median", Median(edits), LongestEdit) with { ReferenceName = "all 100 anew", Reference = Median(again) },
            Milliseconds("one of 100 prompts edited, 95th percentile", Percentile(edits, 0.95)),
            Milliseconds("keystroke in C# code, median", Median(keystrokes)),
        ]));
    }

    private static CSharpCompilation CreateCompilation(CSharpParseOptions options) => CSharpCompilation.Create(
        "App",
        [CSharpSyntaxTree.ParseText("internal class App;", options)],
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    private static CSharpGeneratorDriver CreateDriver(IEnumerable<AdditionalText> prompts, CSharpParseOptions options) =>
        CSharpGeneratorDriver.Create([new EdgeBuildGenerator().AsSourceGenerator()], prompts, options, new AdditionalPrompt.Options());

    private static GeneratorDriver Run(GeneratorDriver driver, Compilation compilation) => driver.RunGenerators(compilation);

    private static void RequireClients(GeneratorDriver driver)
    {
        GeneratorRunResult result = driver.GetRunResult().Results.Single();
        if (result.GeneratedSources.Length != Prompts || result.Diagnostics.Length > 0)
        {
            throw new InvalidOperationException($"{result.GeneratedSources.Length} clients instead of {Prompts}. {result.Exception} {string.Join(' ', result.Diagnostics)}");
        }
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double[] Measure(int times, Func<double> measure) => [.. Enumerable.Range(0, times).Select(_ => measure()).Order()];

    private static double Median(double[] sorted) => Percentile(sorted, 0.5);

    private static double Percentile(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static Figure Milliseconds(string name, double value, double? goal = null) => new()
    {
        Name = name,
        Value = value,
        Unit = "ms",
        Goal = goal is { } longest ? $"≤ {longest.ToString(CultureInfo.InvariantCulture)} ms" : null,
        Passed = goal is null ? null : value <= goal,
    };

    /// <summary>Lets the compiler load what it needs for any generator.</summary>
    private sealed class NothingGenerator : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context) => context.RegisterSourceOutput(
            context.AdditionalTextsProvider.Combine(context.AnalyzerConfigOptionsProvider).Select((pair, _) => pair.Left.Path).Collect(),
            (production, files) => production.AddSource("Nothing.g.cs", $"// {files.Length} files"));
    }
}
