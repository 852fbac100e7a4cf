using System.Text.RegularExpressions;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>Names where the items of a project refer to each other: the model of a prompt, the prompt of a dataset.</summary>
internal static partial class ProjectItems
{
    private const int Value = 12;

    /// <summary>Proposes names in a project file; nothing in other files.</summary>
    public static IReadOnlyList<CompletionItem> Complete(OpenDocument document, Position position)
    {
        if (!document.Uri.EndsWith("proj", StringComparison.OrdinalIgnoreCase) && !document.Uri.EndsWith(".props", StringComparison.OrdinalIgnoreCase) && !document.Uri.EndsWith(".targets", StringComparison.OrdinalIgnoreCase))
        {
            return [];
        }

        string line = document.Line(position.Line);
        string before = line[..Math.Min(position.Character, line.Length)];
        Match attribute = OpenAttribute().Match(before);
        if (!attribute.Success)
        {
            return [];
        }

        string[] names = (attribute.Groups[1].Value, attribute.Groups[2].Value) switch
        {
            ("EdgePrompt" or "EdgeAdapter", "Model") => Names(document, "EdgeModel"),
            ("EdgeModel", "Base") => [.. Names(document, "EdgeBase").Append("smollm2").Distinct(StringComparer.Ordinal)],
            ("EdgeDataset", "Adapter") => Names(document, "EdgeAdapter"),
            ("EdgeDataset", "Prompt") => [.. Names(document, "EdgePrompt").Select(file => PromptName(document, file))],
            ("EdgeDataset", "Split") => [.. DatasetSplits.All],
            _ => [],
        };
        var range = new Range(position with { Character = attribute.Groups[3].Index }, position);
        return [.. names.Select((name, index) => new CompletionItem(name, Value, null, new TextEdit(range, name), null, $"{index:000}"))];
    }

    private static string[] Names(OpenDocument document, string item) =>
        [.. Regex.Matches(document.Text, $"<{item}\\b[^>]*?\\bInclude\\s*=\\s*\"([^\"]+)\"").Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal)];

    private static string PromptName(OpenDocument document, string file) => DocumentUri.ToPath(document.Uri) is { } project
        ? ProjectEvaluation.NameOf(Path.Combine(Path.GetDirectoryName(project)!, file.Replace('\\', Path.DirectorySeparatorChar)))
        : Path.GetFileNameWithoutExtension(file);

    [GeneratedRegex("<(Edge[A-Za-z]+)\\b[^>]*\\b([A-Za-z]+)\\s*=\\s*\"([^\"]*)$")]
    private static partial Regex OpenAttribute();
}
