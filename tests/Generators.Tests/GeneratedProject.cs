using System.Collections.Immutable;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace EdgeBuild.Generators.Tests;

/// <summary>A project in memory that the generator runs in, compiled as strictly as the compiler can.</summary>
internal sealed class GeneratedProject
{
    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp12, DocumentationMode.Diagnose);

    private static readonly ImmutableArray<MetadataReference> _references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => !Path.GetFileName(path).StartsWith("EdgeBuild.Generators", StringComparison.Ordinal))
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private GeneratedProject(GeneratorDriver driver, Compilation compilation, ImmutableArray<Diagnostic> findings)
    {
        Driver = driver;
        Compilation = compilation;
        Findings = findings;
    }

    public GeneratorDriver Driver { get; }

    public Compilation Compilation { get; }

    /// <summary>What the generator reported.</summary>
    public ImmutableArray<Diagnostic> Findings { get; }

    public GeneratorRunResult Result => Driver.GetRunResult().Results.Single();

    public IReadOnlyList<string> FileNames => [.. Result.GeneratedSources.Select(source => source.HintName)];

    public string this[string fileName] => Result.GeneratedSources.Single(source => source.HintName == fileName).SourceText.ToString();

    public static GeneratedProject Run(params ProjectFile[] files) => Run(string.Empty, files);

    public static GeneratedProject Run(string userCode, params ProjectFile[] files) =>
        Run(userCode, new ProjectOptions(("RootNamespace", "TicketTriage")), files);

    public static GeneratedProject Run(string userCode, ProjectOptions options, params ProjectFile[] files)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new EdgeBuildGenerator().AsSourceGenerator()],
            files,
            ParseOptions,
            options,
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        return Run(driver, CreateCompilation(userCode));
    }

    public static GeneratedProject Run(GeneratorDriver driver, Compilation compilation)
    {
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out Compilation result, out ImmutableArray<Diagnostic> findings);
        return new GeneratedProject(driver, result, findings);
    }

    public static CSharpCompilation CreateCompilation(string userCode) => CSharpCompilation.Create(
        "App",
        [CSharpSyntaxTree.ParseText("#nullable enable\n" + userCode, ParseOptions, "Program.cs")],
        _references,
        new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            warningLevel: 9999,
            nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>Asserts that nothing is wrong, neither for the generator nor for the compiler, and loads the assembly.</summary>
    public Assembly Load()
    {
        Assert.IsEmpty(Findings, string.Join("\n", Findings));
        using var stream = new MemoryStream();
        EmitResult emitted = Compilation.Emit(stream);
        Assert.IsEmpty(
            emitted.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning),
            string.Join("\n", emitted.Diagnostics) + "\n" + string.Join("\n", Result.GeneratedSources.Select(source => source.SourceText)));
        return Assembly.Load(stream.ToArray());
    }
}
