using EdgeBuild.Contracts.Json;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>Collects the tokens of an answer, and which of them the model does not decide.</summary>
/// <param name="encoder">Turns text into tokens.</param>
internal sealed class CompletionTokens(PromptEncoder encoder)
{
    private readonly List<int> _tokens = [];
    private readonly List<bool> _forced = [];
    private bool _afterValue;

    /// <summary>Adds text that always stands in its place. Its first token ends the value before it, which the model decides.</summary>
    /// <param name="tokens">The tokens.</param>
    public void AddFixed(int[] tokens) => Add(tokens, decided: -1);

    /// <summary>Adds what the model writes.</summary>
    /// <param name="tokens">The tokens.</param>
    public void AddValue(int[] tokens)
    {
        foreach (int token in tokens)
        {
            _tokens.Add(token);
            _forced.Add(false);
        }

        _afterValue = true;
    }

    /// <summary>Adds an array, an object, or a value that may be missing.</summary>
    /// <param name="output">The output.</param>
    /// <param name="value">Its value: JSON of an array or object, else as a row has it; null when it is missing.</param>
    public void AddNested(PromptOutput output, string? value)
    {
        foreach (AnswerSegment segment in NestedAnswer.Segments(output, Parse(output, value)))
        {
            if (segment.IsValue)
            {
                AddValue(encoder.TokenizeValue(segment.Text));
            }
            else
            {
                int[] tokens = encoder.TokenizeFixedText(segment.Text);
                Add(tokens, segment.Alternatives.Count == 0 ? -1 : Decided(tokens, segment));
            }
        }
    }

    /// <summary>Gets the answer.</summary>
    /// <returns>Its tokens.</returns>
    public EncodedCompletion ToCompletion() => new([.. _tokens], [.. _forced]);

    private static JsonValue? Parse(PromptOutput output, string? value)
    {
        if (value is null)
        {
            return null;
        }

        try
        {
            return JsonText.Parse(output.Kind == PromptValueKind.String ? "\"" + AnswerText.EscapeJson(value) + "\"" : value);
        }
        catch (JsonSyntaxException exception)
        {
            throw new FormatException($"The value of '{output.Name}' is no JSON: {exception.Message}", exception);
        }
    }

    // The first token that no other text in this place has as well.
    private int Decided(int[] tokens, AnswerSegment segment) => segment.Alternatives
        .Where(text => text != segment.Text)
        .Select(text => text.Length == 0 ? 0 : tokens.AsSpan().CommonPrefixLength(encoder.TokenizeFixedText(text)))
        .DefaultIfEmpty(0)
        .Max();

    private void Add(int[] tokens, int decided)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            _tokens.Add(tokens[i]);
            _forced.Add(!_afterValue && i != decided);
            _afterValue = false;
        }
    }
}
