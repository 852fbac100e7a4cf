using System.Text;
using EdgeBuild.Contracts.Json;
using EdgeBuild.Prompts.Tools;

namespace EdgeBuild.Prompts;

/// <summary>
/// How arrays, objects and outputs that may be missing are written: compact JSON with every property in declared order, a missing
/// one as <c>null</c>. Punctuation between two places where the model decides something is one segment; the model decides values,
/// between <c>null</c> and the beginning of a value, and between the next item and the end of an array.
/// </summary>
public static class NestedAnswer
{
    /// <summary>The text of a value that is missing.</summary>
    public const string Null = "null";

    /// <summary>The end of an array.</summary>
    public const string ArrayEnd = "]";

    /// <summary>Tells whether the value of an output is written by the rules of this class.</summary>
    /// <param name="output">The output.</param>
    /// <returns>True for arrays, objects, and outputs that may be missing.</returns>
    public static bool IsNested(PromptOutput output) => output.Kind is PromptValueKind.Array or PromptValueKind.Object || !output.Required;

    /// <summary>Tells whether a value within a nested one is one of a closed set.</summary>
    /// <param name="output">A property or the items of an array.</param>
    /// <returns>True for Booleans and for strings with <c>enumValues</c>.</returns>
    public static bool IsLabelled(PromptOutput output) =>
        output.Kind == PromptValueKind.Boolean || (output.Kind == PromptValueKind.String && output.EnumValues.Count > 0);

    /// <summary>The punctuation at the beginning of a value, up to the first place where the model decides something.</summary>
    /// <param name="output">The output, a property or the items of an array.</param>
    /// <returns>The text; empty for numbers and Booleans.</returns>
    public static string Opening(PromptOutput output) => output.Kind switch
    {
        PromptValueKind.String => "\"",
        PromptValueKind.Array => "[",
        PromptValueKind.Object when output.Tools.Count > 0 => $"{{\"{PromptTool.NameKey}\":\"",
        PromptValueKind.Object when output.Properties.Count == 0 => "{",
        PromptValueKind.Object => "{" + PropertyOpening(output.Properties[0]),
        _ => string.Empty,
    };

    /// <summary>The name of a property and the punctuation up to the first place where the model decides something.</summary>
    /// <param name="property">The property.</param>
    /// <returns>The text, without the brace or comma before it.</returns>
    public static string PropertyOpening(PromptOutput property) =>
        $"\"{AnswerText.EscapeJson(property.Name)}\":{(property.Required ? Opening(property) : string.Empty)}";

    /// <summary>The punctuation between the name of a function and the first place within its arguments where the model decides something.</summary>
    /// <param name="tool">The function.</param>
    /// <returns>The text, from the quote after the name.</returns>
    public static string ArgumentsOpening(PromptTool tool) => $"\",\"{PromptTool.ArgumentsKey}\":{Opening(Arguments(tool))}";

    /// <summary>The arguments of a function as a value.</summary>
    /// <param name="tool">The function.</param>
    /// <returns>An object with its parameters.</returns>
    public static PromptOutput Arguments(PromptTool tool) =>
        new() { Name = PromptTool.ArgumentsKey, Kind = PromptValueKind.Object, Properties = tool.Parameters, Position = tool.Position };

    /// <summary>The compact JSON of a value.</summary>
    /// <param name="output">The output.</param>
    /// <param name="value">The value; null for a missing one.</param>
    /// <returns>All segments together.</returns>
    /// <exception cref="FormatException">The value has not the form of the output.</exception>
    public static string Canonical(PromptOutput output, JsonValue? value) => string.Concat(Segments(output, value).Select(segment => segment.Text));

    /// <summary>Divides a value into segments.</summary>
    /// <param name="output">The output.</param>
    /// <param name="value">The value; null for a missing one.</param>
    /// <returns>The segments in order.</returns>
    /// <exception cref="FormatException">The value has not the form of the output.</exception>
    public static IReadOnlyList<AnswerSegment> Segments(PromptOutput output, JsonValue? value)
    {
        var writer = new Writer();
        writer.Value(output, value);
        writer.Flush();
        return writer.Segments;
    }

    private sealed class Writer
    {
        private readonly StringBuilder _fixed = new();

        public List<AnswerSegment> Segments { get; } = [];

        public void Flush()
        {
            if (_fixed.Length > 0)
            {
                Segments.Add(new AnswerSegment(TakeFixed(), IsValue: false, []));
            }
        }

        public void Value(PromptOutput output, JsonValue? value)
        {
            if (output.Required)
            {
                _fixed.Append(Opening(output));
                Body(output, value);
                return;
            }

            Flush();
            bool missing = value is null or { Kind: JsonKind.Null };
            Decide(missing ? Null : Opening(output), [Null, Opening(output)]);
            if (!missing)
            {
                Body(output, value);
            }
        }

        private void Body(PromptOutput output, JsonValue? value)
        {
            switch (output.Kind)
            {
                case PromptValueKind.Object when output.Tools.Count > 0:
                    Call(output, Require(value, JsonKind.Object, output));
                    break;
                case PromptValueKind.Object:
                    Properties(output, Require(value, JsonKind.Object, output));
                    break;
                case PromptValueKind.Array:
                    Items(output, Require(value, JsonKind.Array, output));
                    break;
                case PromptValueKind.String:
                    Leaf(AnswerText.EscapeJson(Label(output, Require(value, JsonKind.String, output).Text)));
                    _fixed.Append('"');
                    break;
                case PromptValueKind.Boolean:
                    Leaf(Require(value, JsonKind.Boolean, output).Text);
                    break;
                default:
                    Leaf(Number(output, Require(value, JsonKind.Number, output).Text));
                    break;
            }
        }

        private void Call(PromptOutput output, JsonValue value)
        {
            string? name = value.GetString(PromptTool.NameKey);
            PromptTool tool = output.Tools.FirstOrDefault(candidate => candidate.Name == name)
                ?? throw new FormatException($"'{name}' is none of the functions of the prompt. Use one of: {string.Join(", ", output.Tools.Select(candidate => candidate.Name))}.");
            Leaf(tool.Name);
            _fixed.Append(ArgumentsOpening(tool));
            PromptOutput arguments = Arguments(tool);
            Body(arguments, Require(value[PromptTool.ArgumentsKey], JsonKind.Object, arguments));
            _fixed.Append('}');
        }

        private void Properties(PromptOutput output, JsonValue value)
        {
            JsonProperty? unknown = value.Properties.FirstOrDefault(given => output.Properties.All(property => property.Name != given.Name));
            if (unknown is not null)
            {
                throw new FormatException($"'{unknown.Name}' is no property of '{output.Name}'. Correct the name, or declare it.");
            }

            for (int index = 0; index < output.Properties.Count; index++)
            {
                PromptOutput property = output.Properties[index];
                if (index > 0)
                {
                    _fixed.Append(',').Append(PropertyOpening(property));
                }

                if (property.Required)
                {
                    Body(property, value[property.Name]);
                }
                else
                {
                    Value(property, value[property.Name]);
                }
            }

            _fixed.Append('}');
        }

        private void Items(PromptOutput output, JsonValue value)
        {
            PromptOutput item = output.Items ?? throw new FormatException($"The array '{output.Name}' does not say what it holds.");
            string opening = Opening(item);
            Flush();
            Decide(value.Items.Count == 0 ? ArrayEnd : opening, [ArrayEnd, opening]);
            for (int index = 0; index < value.Items.Count; index++)
            {
                Body(item, value.Items[index]);
                string close = TakeFixed();
                string[] alternatives = [close + ArrayEnd, close + "," + opening];
                Decide(alternatives[index + 1 < value.Items.Count ? 1 : 0], alternatives);
            }
        }

        private void Leaf(string text)
        {
            Flush();
            Segments.Add(new AnswerSegment(text, IsValue: true, []));
        }

        // The beginning of a number or Boolean has no text of its own: its first token is the decision.
        private void Decide(string text, string[] alternatives)
        {
            if (text.Length > 0)
            {
                Segments.Add(new AnswerSegment(text, IsValue: false, alternatives));
            }
        }

        private string TakeFixed()
        {
            string text = _fixed.ToString();
            _fixed.Clear();
            return text;
        }

        private static string Label(PromptOutput output, string text) =>
            output.EnumValues.Count == 0 || output.EnumValues.Contains(text, StringComparer.Ordinal)
                ? text
                : throw new FormatException($"'{text}' is none of the labels of '{output.Name}'. Use one of: {string.Join(", ", output.EnumValues)}.");

        private static string Number(PromptOutput output, string text)
        {
            if (output.Kind == PromptValueKind.Integer && AnswerText.TryParse(text, out long whole))
            {
                return AnswerText.Format(whole);
            }

            return output.Kind == PromptValueKind.Float && AnswerText.TryParse(text, out double number)
                ? AnswerText.Format(number)
                : throw new FormatException($"'{output.Name}' is {(output.Kind == PromptValueKind.Integer ? "a whole number" : "a number")}, not {text}.");
        }

        private static JsonValue Require(JsonValue? value, JsonKind kind, PromptOutput output) =>
            value is not null && value.Kind == kind
                ? value
                : throw new FormatException(value is null or { Kind: JsonKind.Null }
                    ? $"'{output.Name}' is missing, which is required."
                    : $"'{output.Name}' is not of the kind that the prompt declares.");
    }
}
