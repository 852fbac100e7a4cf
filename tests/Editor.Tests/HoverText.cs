using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Text;

namespace EdgeBuild.Editor.Tests;

/// <summary>The text that an editor shows for a place in code: Roslyn's own, not a copy of it.</summary>
internal static class HoverText
{
    /// <summary>Asks for the hover text of the first occurrence of a name in code that uses the sample's client.</summary>
    /// <param name="code">The code.</param>
    /// <param name="name">The name.</param>
    /// <returns>The tagged text, a section after the other.</returns>
    public static async Task<IReadOnlyList<TaggedText>> GetAsync(string code, string name)
    {
        using var workspace = new AdhocWorkspace(MefHostServices.Create(MefHostServices.DefaultAssemblies));
        Project project = workspace.AddProject("App", LanguageNames.CSharp)
            .WithMetadataReferences(SampleClient.References)
            .WithParseOptions(new Microsoft.CodeAnalysis.CSharp.CSharpParseOptions(documentationMode: DocumentationMode.Diagnose));
        Document generated = project.AddDocument("Triage.g.cs", SourceText.From(SampleClient.Code));
        Document document = generated.Project.AddDocument("Program.cs", SourceText.From(code));
        QuickInfoService service = QuickInfoService.GetService(document) ?? throw new InvalidOperationException("Roslyn gives no hover text here.");
        QuickInfoItem item = await service.GetQuickInfoAsync(document, code.IndexOf(name, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"'{name}' has no hover text.");
        var parts = new List<TaggedText>();
        foreach (QuickInfoSection section in item.Sections)
        {
            if (parts.Count > 0)
            {
                parts.Add(new TaggedText(TextTags.LineBreak, "\n"));
            }

            parts.AddRange(section.TaggedParts.Select(part => part.Tag == TextTags.LineBreak ? new TaggedText(TextTags.LineBreak, "\n") : part));
        }

        return parts;
    }
}
