using System.Diagnostics.CodeAnalysis;
using System.Globalization;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace EdgeBuild.Benchmarks;

/// <summary>A prompt file of a project in memory: the one of the sample under another name, with a word that changes with every edit.</summary>
internal sealed class AdditionalPrompt(string path, string text) : AdditionalText
{
    private static readonly string _sample = File.ReadAllText(System.IO.Path.Combine(RepositoryFolder.Sample, "prompts", "triage.prompty"));

    private readonly SourceText _text = SourceText.From(text);

    public override string Path => path;

    public static AdditionalPrompt Create(int index, int edition)
    {
        string number = index.ToString(CultureInfo.InvariantCulture);
        return new AdditionalPrompt(
            $"/app/prompts/triage{number}.prompty",
            _sample
                .Replace("name: triage", $"name: triage-{number}", StringComparison.Ordinal)
                .Replace("Urgent:", $"Urgent {edition.ToString(CultureInfo.InvariantCulture)}:", StringComparison.Ordinal));
    }

    public override SourceText GetText(CancellationToken cancellationToken = default) => _text;

    /// <summary>The item metadata that EdgeBuild's targets write.</summary>
    internal sealed class Options : AnalyzerConfigOptionsProvider
    {
        private static readonly Values _project = new(new() { ["build_property.RootNamespace"] = "App" });

        private static readonly Values _item = new(new()
        {
            ["build_metadata.AdditionalFiles.EdgeBuildKind"] = "Prompt",
            ["build_metadata.AdditionalFiles.EdgeModel"] = "Support",
        });

        public override AnalyzerConfigOptions GlobalOptions => _project;

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => _project;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _item;
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
