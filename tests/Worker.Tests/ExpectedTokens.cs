using System.Text.Encodings.Web;
using System.Text.Json;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Tests;

/// <summary>The rules of rendering, tokenizing and truncation, stated a second time without the code that ships.</summary>
/// <param name="Prompt">The tokens up to and with the header of the answer.</param>
/// <param name="Completion">The tokens of the answer.</param>
/// <param name="Values">All tokens that come from values.</param>
/// <param name="Truncated">Whether inputs were cut.</param>
internal sealed record ExpectedTokens(int[] Prompt, int[] Completion, IReadOnlyList<int> Values, bool Truncated)
{
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ExpectedTokens Of(GeneratedPrompt prompt, string format, LlamaVocabulary vocabulary, string[] inputs, string[] values)
    {
        int[][] whole = [.. inputs.Select(input => vocabulary.Tokenize(input))];
        int[][] kept = Cut(whole, prompt.MaxInputTokens);
        var tokens = new List<int>();
        var fromValues = new List<int>();
        if (vocabulary.AddsBeginningOfSequence)
        {
            tokens.Add(vocabulary.BeginningOfSequence!.Value);
        }

        string text = string.Empty;
        foreach (string piece in Pieces(prompt, format))
        {
            if (piece[0] == '\u0001')
            {
                FlushText();
                tokens.AddRange(vocabulary.Tokenize(piece.AsSpan(1), parseSpecial: true));
            }
            else if (piece[0] == '\0')
            {
                FlushText();
                int[] value = kept[prompt.Inputs.Select(input => input.Name).ToList().IndexOf(piece[1..])];
                tokens.AddRange(value);
                fromValues.AddRange(value);
            }
            else
            {
                text += piece;
            }
        }

        FlushText();
        var completion = new List<int>();
        foreach ((string fixedText, string? value) in Answer(prompt, values))
        {
            completion.AddRange(fixedText.Length == 0 ? [] : vocabulary.Tokenize(fixedText));
            int[] answer = value is null ? [] : vocabulary.Tokenize(value);
            completion.AddRange(answer);
            fromValues.AddRange(answer);
        }

        completion.AddRange(vocabulary.Tokenize(EndOfTurn(format), parseSpecial: true));
        return new ExpectedTokens([.. tokens], [.. completion], fromValues, whole.Sum(value => value.Length) > prompt.MaxInputTokens);

        void FlushText()
        {
            if (text.Length > 0)
            {
                tokens.AddRange(vocabulary.Tokenize(text));
                text = string.Empty;
            }
        }
    }

    private static int[][] Cut(int[][] values, int maximum)
    {
        int[] lengths = [.. values.Select(value => value.Length)];
        while (lengths.Sum() > maximum)
        {
            // One token at a time from the longest; of equally long ones the last.
            lengths[Array.LastIndexOf(lengths, lengths.Max())]--;
        }

        return [.. values.Select((value, index) => value[..lengths[index]])];
    }

    /// <summary>Control text marked by \u0001, places of inputs by \0, and literal text.</summary>
    private static IEnumerable<string> Pieces(GeneratedPrompt prompt, string format)
    {
        string end = string.Empty;
        bool merged = false;
        foreach ((string role, IReadOnlyList<string> parts) in prompt.Messages)
        {
            bool systemAsUser = format == "gemma" && role == "system";
            if (!merged)
            {
                yield return "\u0001" + end + Header(format, systemAsUser ? "user" : role);
            }

            foreach (string part in parts)
            {
                yield return part;
            }

            merged = systemAsUser;
            if (merged)
            {
                yield return "\n\n";
            }

            end = EndOfTurn(format) + (format is "chatml" or "gemma" or "phi3" ? "\n" : string.Empty);
        }

        yield return "\u0001" + end + Header(format, "assistant");
    }

    private static string Header(string format, string role) => format switch
    {
        "chatml" => $"<|im_start|>{role}\n",
        "llama3" => $"<|start_header_id|>{role}<|end_header_id|>\n\n",
        "gemma" => $"<start_of_turn>{(role == "assistant" ? "model" : role)}\n",
        "phi" => $"<|{role}|>",
        "phi3" => $"<|{role}|>\n",
        _ => throw new ArgumentException("A chat format without an expectation.", nameof(format)),
    };

    private static string EndOfTurn(string format) => format switch
    {
        "chatml" => "<|im_end|>",
        "llama3" => "<|eot_id|>",
        "gemma" => "<end_of_turn>",
        _ => "<|end|>",
    };

    private static IEnumerable<(string Fixed, string? Value)> Answer(GeneratedPrompt prompt, string[] values)
    {
        if (values.Length == 1)
        {
            yield return (string.Empty, values[0]);
            yield break;
        }

        string before = "{";
        for (int index = 0; index < values.Length; index++)
        {
            bool text = prompt.Outputs[index].Kind == "string";
            yield return ($"{before}\"{prompt.Outputs[index].Name}\":{(text ? "\"" : string.Empty)}", text ? JsonSerializer.Serialize(values[index], _json)[1..^1] : values[index]);
            before = text ? "\"," : ",";
        }

        yield return (before[..^1] + "}", null);
    }
}
