using System.Collections.Immutable;
using EdgeBuild.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeBuild.Editor.Tests;

/// <summary>The client of the sample, made by the generator itself.</summary>
internal static class SampleClient
{
    /// <summary>The folder of the sample.</summary>
    public static string Folder { get; } = Path.Combine(RepositoryFiles.Root, "samples", "TicketTriage");

    /// <summary>What the tests compile against: the framework, the runtime and its companions.</summary>
    public static ImmutableArray<MetadataReference> References { get; } =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => IsOfAnApp(Path.GetFileName(path)))
            .Select(path => MetadataReference.CreateFromFile(path, documentation: Documentation(path))),
    ];

    /// <summary>The generated code of the sample's prompt.</summary>
    public static string Code { get; } = Generate(
        "TicketTriage",
        ProjectFile.Prompt("/app/prompts/triage.prompty", File.ReadAllText(Path.Combine(Folder, "prompts", "triage.prompty"))),
        ProjectFile.Lock(File.ReadAllText(Path.Combine(Folder, "edgebuild.lock.json"))));

    /// <summary>Runs the generator.</summary>
    public static string Generate(string space, params ProjectFile[] files)
    {
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new EdgeBuildGenerator().AsSourceGenerator()], files, optionsProvider: new ProjectOptions(("RootNamespace", space)));
        GeneratorDriverRunResult result = driver.RunGenerators(CSharpCompilation.Create("App", references: References)).GetRunResult();
        Assert.IsEmpty(result.Diagnostics, string.Join('\n', result.Diagnostics));
        return result.Results.Single().GeneratedSources.Single().SourceText.ToString();
    }

    private static bool IsOfAnApp(string file) =>
        file.StartsWith("System.", StringComparison.Ordinal)
        || file is "mscorlib.dll" or "netstandard.dll" or "Microsoft.CSharp.dll" or "EdgeBuild.Runtime.dll" or "EdgeBuild.Prompts.dll" or "EdgeBuild.Contracts.dll" or "EdgeBuild.LlamaCpp.dll"
        || file.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal);

    private static XmlDocumentationProvider? Documentation(string path) =>
        File.Exists(Path.ChangeExtension(path, ".xml")) ? XmlDocumentationProvider.CreateFromFile(Path.ChangeExtension(path, ".xml")) : null;
}
