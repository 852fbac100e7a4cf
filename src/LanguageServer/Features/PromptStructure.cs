using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Yaml;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>The outline of a prompt file, its foldable parts, and the colors of its names.</summary>
/// <param name="file">The file.</param>
internal sealed class PromptStructure(PromptFile file)
{
    private const int Field = 8;
    private const int Namespace = 3;
    private const int EnumMember = 22;
    private const int Event = 24;

    /// <summary>Gets the types of tokens, in the order of their numbers.</summary>
    public static IReadOnlyList<string> TokenTypes { get; } = ["parameter", "property", "enumMember", "keyword", "class"];

    /// <summary>Gets the outline.</summary>
    public IReadOnlyList<DocumentSymbol> Symbols()
    {
        var symbols = new List<DocumentSymbol>();
        if (file.Name is { } name)
        {
            symbols.Add(new DocumentSymbol(name.Text, "prompt", Namespace, Range.From(name.Position), Range.From(name.Position)));
        }

        foreach (string list in new[] { "inputs", "outputs" })
        {
            foreach (YamlMapping declaration in file.Syntax.Declarations(list))
            {
                if (declaration["name"] is YamlScalar declared)
                {
                    DocumentSymbol[] labels = declaration["enumValues"] is YamlSequence listed
                        ? [.. listed.Items.OfType<YamlScalar>().Select(item => new DocumentSymbol(item.Text, null, EnumMember, Range.From(item.Position), Range.From(item.Position)))]
                        : [];
                    symbols.Add(new DocumentSymbol(
                        declared.Text, $"{list[..^1]}, {(declaration["kind"] as YamlScalar)?.Text}", Field, Hull(declaration, declared), Range.From(declared.Position), labels));
                }
            }
        }

        for (int index = 0; index < file.Syntax.Messages.Count; index++)
        {
            PromptMessage message = file.Syntax.Messages[index];
            symbols.Add(new DocumentSymbol(
                message.Role.ToString().ToLowerInvariant(), "message", Event, new Range(Range.From(message.Position).Start, new Position(LastLine(index), file.Document.Line(LastLine(index)).Length)), Range.From(message.Position)));
        }

        return symbols;
    }

    /// <summary>Gets the foldable parts: front matter, lists, messages.</summary>
    public IReadOnlyList<FoldingRange> Folds()
    {
        var folds = new List<FoldingRange>();
        if (file.Syntax.FrontMatterEnd > 1)
        {
            folds.Add(new FoldingRange(0, file.Syntax.FrontMatterEnd - 1, "region"));
        }

        foreach (YamlEntry entry in file.Syntax.Root?.Entries ?? [])
        {
            int start = entry.Key.Position.Line - 1;
            int end = entry.Value.Position.EndLine - 1;
            if (end > start)
            {
                folds.Add(new FoldingRange(start, end, null));
            }
        }

        for (int index = 0; index < file.Syntax.Messages.Count; index++)
        {
            int start = file.Syntax.Messages[index].Position.Line - 1;
            if (LastLine(index) > start)
            {
                folds.Add(new FoldingRange(start, LastLine(index), null));
            }
        }

        return folds;
    }

    /// <summary>Gets the tokens, encoded relative to each other (LSP 3.17, SemanticTokens).</summary>
    public SemanticTokens Tokens()
    {
        var tokens = new List<(Range Range, int Type)>();
        if (file.Name is { } name)
        {
            tokens.Add((Range.From(name.Position), 4));
        }

        foreach (string input in file.Syntax.Names("inputs").Select(declared => declared.Text).Distinct())
        {
            tokens.AddRange(file.PlacesOfInput(input).Select(place => (place, 0)));
        }

        foreach (YamlMapping output in file.Syntax.Declarations("outputs"))
        {
            if (output["name"] is YamlScalar declared)
            {
                tokens.Add((Range.From(declared.Position), 1));
            }

            tokens.AddRange((output["enumValues"] as YamlSequence)?.Items.OfType<YamlScalar>().Select(item => (Range.From(item.Position), 2)) ?? []);
        }

        tokens.AddRange(file.Syntax.Messages.Select(message => (Range.From(message.Position), 3)));
        var data = new List<int>();
        Position last = default;
        foreach ((Range range, int type) in tokens.Where(token => token.Range.Start.Line == token.Range.End.Line).DistinctBy(token => token.Range.Start).OrderBy(token => token.Range.Start))
        {
            int lines = range.Start.Line - last.Line;
            data.AddRange([lines, lines == 0 ? range.Start.Character - last.Character : range.Start.Character, range.End.Character - range.Start.Character, type, 0]);
            last = range.Start;
        }

        return new SemanticTokens(data);
    }

    private static Range Hull(YamlMapping declaration, YamlScalar name)
    {
        Range whole = Range.From(declaration.Position);
        Range inner = Range.From(name.Position);
        return new Range(whole.Start.CompareTo(inner.Start) < 0 ? whole.Start : inner.Start, whole.End.CompareTo(inner.End) > 0 ? whole.End : inner.End);
    }

    private int LastLine(int message)
    {
        int last = message + 1 < file.Syntax.Messages.Count ? file.Syntax.Messages[message + 1].Position.Line - 2 : file.Document.LineCount - 1;
        while (last >= file.Syntax.Messages[message].Position.Line && file.Document.Line(last).Trim().Length == 0)
        {
            last--;
        }

        return last;
    }
}
