using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;
using EdgeBuild.Prompts.Yaml;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>A prompt file as the editor holds it, parsed by the parser of the build.</summary>
internal sealed class PromptFile
{
    public PromptFile(OpenDocument document, string path, EdgeProject? project)
    {
        Document = document;
        Path = path;
        Project = project;
        Parsed = PromptDocument.Parse(path, document.Text);
    }

    public OpenDocument Document { get; }

    public string Path { get; }

    public EdgeProject? Project { get; }

    public PromptParseResult Parsed { get; }

    public PromptSyntax Syntax => Parsed.Syntax;

    /// <summary>Gets the name of the prompt as it is written; null when it has none.</summary>
    public YamlScalar? Name => Syntax.Root?["name"] as YamlScalar;

    /// <summary>Gets the labels of an output: those of the file, or those that the last build has found in the rows.</summary>
    public IReadOnlyList<string> LabelsOf(string output)
    {
        YamlMapping? declaration = Syntax.FindDeclaration("outputs", output);
        if (declaration?["enumValues"] is YamlSequence listed)
        {
            return [.. listed.Items.OfType<YamlScalar>().Select(item => item.Text)];
        }

        return Name is { } name && Project?.Lock?.Labels.TryGetValue(Contracts.Locking.LockFile.OutputKey(name.Text, output), out IReadOnlyList<string>? labels) == true ? labels : [];
    }

    /// <summary>Gets the functions of the prompt, also while an example of a call is being written and the body is wrong.</summary>
    public IReadOnlyList<PromptTool> Tools => (Parsed.Document ?? FrontMatterAlone())?.Tools ?? [];

    /// <summary>Finds the label at a position: an item of enumValues.</summary>
    public (string Output, YamlScalar Label)? FindLabel(Position position)
    {
        foreach (YamlMapping output in Syntax.Declarations("outputs"))
        {
            if (output["enumValues"] is YamlSequence listed
                && listed.Items.OfType<YamlScalar>().FirstOrDefault(item => Range.From(item.Position).Contains(position)) is { } label)
            {
                return ((output["name"] as YamlScalar)?.Text ?? string.Empty, label);
            }
        }

        return null;
    }

    /// <summary>Finds the input at a position: its declaration or a placeholder.</summary>
    public string? FindInput(Position position) =>
        Syntax.Placeholders.FirstOrDefault(part => Range.From(part.Position).Contains(position))?.Text.Split('.')[0]
        ?? FindName("inputs", position);

    /// <summary>Finds the declared name at a position.</summary>
    public string? FindName(string list, Position position) => Syntax.Names(list)
        .FirstOrDefault(name => Range.From(name.Position).Contains(position))?.Text;

    /// <summary>Gets every place of an input in the file: the declaration first, then the placeholders, only the name of each.</summary>
    public IReadOnlyList<Range> PlacesOfInput(string input)
    {
        var places = new List<Range>();
        if (Syntax.FindName("inputs", input) is { } declared)
        {
            places.Add(Unquoted(declared));
        }

        foreach (PromptPart placeholder in Syntax.Placeholders.Where(part => part.Text.Split('.')[0] == input))
        {
            SourcePosition position = placeholder.Position;
            string line = Document.Line(position.Line - 1);
            int start = line.IndexOf(input, Math.Min(line.Length, position.Column + 1), StringComparison.Ordinal);
            if (start >= 0)
            {
                places.Add(new Range(new Position(position.Line - 1, start), new Position(position.Line - 1, start + input.Length)));
            }
        }

        return places;
    }

    private PromptDocument? FrontMatterAlone() => Syntax.FrontMatterEnd == 0
        ? null
        : PromptDocument.Parse(Path, string.Join(
            '\n',
            [
                .. Enumerable.Range(0, Syntax.FrontMatterEnd).Select(Document.Line), "user:", string.Concat(Syntax.Names("inputs").Select(name => $"{{{{{name.Text}}}}}")), string.Empty,
            ])).Document;

    /// <summary>The range of a scalar without its quotes.</summary>
    public static Range Unquoted(YamlScalar scalar)
    {
        Range range = Range.From(scalar.Position);
        return scalar.Style is YamlScalarStyle.SingleQuoted or YamlScalarStyle.DoubleQuoted
            ? new Range(range.Start with { Character = range.Start.Character + 1 }, range.End with { Character = range.End.Character - 1 })
            : range;
    }
}
