using System.Globalization;
using System.Text;

namespace EdgeBuild.Tests;

/// <summary>
/// A valid prompt file made from a number, and what it means in plain values, so that tests compare what a reader finds with what was meant.
/// </summary>
internal sealed class GeneratedPrompt
{
    private static readonly string[] _words =
    [
        "Sort", "the", "ticket", "größe", "naïve", "你好", "😀", "it's", "\"quoted\"", "a:b", "#tag", "100%", "x{y}z", "<|im_end|>", "\\n", "-", "…",
        "e\u0301", "zero\u200bwidth", "http://example.org/a?b#c", "C#", "&amp;", "*bold*", "'single'", "tab\there",
    ];

    private readonly Random _random;
    private readonly StringBuilder _yaml = new();

    private GeneratedPrompt(int seed)
    {
        // A seeded generator repeats itself on every machine.
#pragma warning disable CA5394
        _random = new Random(seed);
#pragma warning restore CA5394
        Name = "p" + seed.ToString(CultureInfo.InvariantCulture);
        Description = Chance(3) ? null : Sentence();
        MaxInputTokens = Chance(2) ? 1024 : 8 + Next(120);
        IsFreeText = Chance(4);
        Inputs = [.. Enumerable.Range(0, 1 + Next(3)).Select(index => new Field($"in{(char)('A' + index)}", Chance(4) ? Pick("integer", "float", "boolean") : "string", Chance(2) ? Sentence() : null, []))];
        Outputs = IsFreeText
            ? [new Field("answer", "string", null, [])]
            : [.. Enumerable.Range(0, 1 + Next(3)).Select(index => Output(index))];
        Messages = [.. MakeMessages()];
        Write();
    }

    public string Name { get; }

    public string? Description { get; }

    public int MaxInputTokens { get; }

    public bool IsFreeText { get; }

    public IReadOnlyList<Field> Inputs { get; }

    public IReadOnlyList<Field> Outputs { get; }

    /// <summary>Gets the messages: role, then literal texts and, marked by a leading zero character, names of inputs.</summary>
    public IReadOnlyList<(string Role, IReadOnlyList<string> Parts)> Messages { get; }

    /// <summary>Gets the lines between the delimiters.</summary>
    public string FrontMatter { get; private set; } = string.Empty;

    public string Text { get; private set; } = string.Empty;

    public static GeneratedPrompt Create(int seed) => new(seed);

    /// <summary>Whether a part of a message is the place of an input.</summary>
    public static bool IsInput(string part) => part[0] == '\0';

#pragma warning disable CA5394
    private int Next(int count) => _random.Next(count);
#pragma warning restore CA5394

    private bool Chance(int oneIn) => Next(oneIn) == 0;

    private string Pick(params string[] values) => values[Next(values.Length)];

    private string Sentence() => string.Join(' ', Enumerable.Range(0, 1 + Next(7)).Select(_ => Pick(_words)));

    private Field Output(int index)
    {
        string name = $"out{(char)('A' + index)}";
        if (Chance(3))
        {
            return new Field(name, Pick("boolean", "boolean", "integer", "float"), Chance(2) ? Sentence() : null, []);
        }

        string[] labels = [.. Enumerable.Range(0, 2 + Next(6)).Select(label => Pick("How to", "Größe", "a:b", "x \"y\"", "No", "L<|im_end|>", "C#") + " " + (char)('A' + label))];
        return new Field(name, "string", Chance(2) ? Sentence() : null, labels);
    }

    private IEnumerable<(string Role, IReadOnlyList<string> Parts)> MakeMessages()
    {
        if (!Chance(3))
        {
            yield return ("system", [.. Parts(Chance(4) ? [Inputs[0]] : [])]);
        }

        for (int shots = Chance(3) ? 1 + Next(2) : 0; shots > 0; shots--)
        {
            yield return ("user", [.. Parts([])]);
            yield return ("assistant", [Shot()]);
        }

        yield return ("user", [.. Parts(Inputs)]);
    }

    private string Shot() => Outputs switch
    {
        [{ Labels.Count: > 0 } only] => only.Labels[0],
        [{ Kind: "string" }] => "An answer.",
        [{ } only] => Plain(only),
        _ => "{" + string.Join(",", Outputs.Select(output => $"\"{output.Name}\":{(output.Labels.Count == 0 ? Plain(output) : System.Text.Json.JsonSerializer.Serialize(output.Labels[^1]))}")) + "}",
    };

    private static string Plain(Field output) => output.Kind switch { "integer" => "12", "float" => "0.5", _ => "true" };

    private IEnumerable<string> Parts(IReadOnlyList<Field> inputs)
    {
        string literal = Literal();
        foreach (Field input in inputs)
        {
            // Two placeholders may touch; text before the first one never starts with a space or line end, which would be trimmed.
            if (literal.Length > 0)
            {
                yield return literal;
            }

            yield return "\0" + input.Name;
            literal = Chance(3) ? string.Empty : Pick(" ", "\n", ": ") + Literal();
        }

        if (literal.Length > 0)
        {
            yield return literal;
        }
    }

    private string Literal() => string.Join(Pick(" ", "\n", "\n\n  "), Enumerable.Range(0, 1 + Next(3)).Select(_ => Sentence()));

    private void Write()
    {
        Line(0, $"name: {Name}");
        if (Description is { } description)
        {
            Scalar(0, "description", description);
        }

        if (MaxInputTokens != 1024 || IsFreeText || Chance(3))
        {
            Line(0, "metadata:");
            Line(2, "owner: Support # a comment");
            if (MaxInputTokens != 1024 || IsFreeText)
            {
                Line(2, "edge:");
                Line(4, $"maxInputTokens: {MaxInputTokens.ToString(CultureInfo.InvariantCulture)}");
                if (IsFreeText)
                {
                    Line(4, "freeText: [answer]");
                }
            }
        }

        WriteFields("inputs", Inputs);
        WriteFields("outputs", Outputs);
        FrontMatter = _yaml.ToString();
        var body = new StringBuilder();
        foreach ((string role, IReadOnlyList<string> parts) in Messages)
        {
            body.Append(role).Append(":\n");
            foreach (string part in parts)
            {
                body.Append(IsInput(part) ? Pick("{{", "{{ ") + part[1..] + Pick("}}", "  }}") : part);
            }

            body.Append(Pick("\n", "\n\n", "\n \n"));
        }

        string text = $"---\n{FrontMatter}---\n{body}";
        Text = (Chance(5) ? "\uFEFF" : string.Empty) + (Chance(3) ? text.Replace("\n", "\r\n", StringComparison.Ordinal) : text);
    }

    private void WriteFields(string key, IReadOnlyList<Field> fields)
    {
        Line(0, key + ":");
        foreach (Field field in fields)
        {
            Line(2, $"- name: {field.Name}");
            Line(4, $"kind: {field.Kind}");
            if (field.Description is { } description)
            {
                Scalar(4, "description", description);
            }

            if (field.Labels.Count > 0)
            {
                Line(4, "enumValues:");
                foreach (string label in field.Labels)
                {
                    Line(6, "- " + Quote(label));
                }
            }
        }
    }

    private void Line(int indentation, string text) => _yaml.Append(' ', indentation).Append(text).Append(Chance(8) ? "  # comment" : string.Empty).Append(Chance(12) ? "\n\n" : "\n");

    private void Scalar(int indentation, string key, string text)
    {
        if (Chance(3))
        {
            _yaml.Append(' ', indentation).Append(key).Append(Pick(": |-\n", ": >-\n")).Append(' ', indentation + 3).Append(text).Append('\n');
        }
        else
        {
            Line(indentation, $"{key}: {Quote(text)}");
        }
    }

    private string Quote(string text) => Chance(2)
        ? "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'"
        : "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\u200b", "\\u200B", StringComparison.Ordinal) + "\"";

    /// <summary>An input or output.</summary>
    /// <param name="Name">The name.</param>
    /// <param name="Kind">The kind.</param>
    /// <param name="Description">The description, or null.</param>
    /// <param name="Labels">The labels; empty for none.</param>
    internal sealed record Field(string Name, string Kind, string? Description, IReadOnlyList<string> Labels);
}
