using System.Collections.Concurrent;

using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>
/// Turns a compiled prompt into tokens. It is the only place that does, in training as in serving, so that the model is asked
/// with the very token boundaries that it was trained with: every segment is tokenized on its own and the tokens are
/// concatenated; special tokens are read in the markers of the chat format only, never in values.
/// </summary>
public sealed class PromptEncoder
{
    private readonly LlamaVocabulary _vocabulary;
    private readonly CompiledPrompt _prompt;
    private readonly int[] _prefix;
    private readonly int[][] _promptTokens;
    private readonly int[][] _completionTokens;
    private readonly ConcurrentDictionary<string, int[]> _punctuation = new(StringComparer.Ordinal);

    /// <summary>Initializes a new instance of the <see cref="PromptEncoder"/> class and tokenizes all fixed text.</summary>
    /// <param name="vocabulary">The vocabulary of the model; must outlive the encoder.</param>
    /// <param name="prompt">The prompt, compiled for the model's chat format.</param>
    public PromptEncoder(LlamaVocabulary vocabulary, CompiledPrompt prompt)
    {
        _vocabulary = vocabulary;
        _prompt = prompt;
        _promptTokens = [.. prompt.Prompt.Select(TokenizeFixed)];
        _completionTokens = [.. prompt.Completion.Select(TokenizeFixed)];
        var prefix = new List<int>();
        if (vocabulary.AddsBeginningOfSequence && vocabulary.BeginningOfSequence is int beginning)
        {
            prefix.Add(beginning);
        }

        // The last segment stays out of the prefix of a prompt without inputs: a call has to decode something.
        for (int i = 0; i < Math.Min(prompt.PrefixSegmentCount, prompt.Prompt.Count - 1); i++)
        {
            prefix.AddRange(_promptTokens[i]);
        }

        _prefix = [.. prefix];
        FirstCallSegment = Math.Min(prompt.PrefixSegmentCount, prompt.Prompt.Count - 1);
    }

    /// <summary>Gets the prompt.</summary>
    public CompiledPrompt Prompt => _prompt;

    /// <summary>Gets the tokens before the first input, which are the same for every call.</summary>
    public ReadOnlyMemory<int> PrefixTokens => _prefix;

    /// <summary>Gets the largest number of tokens that <see cref="EncodedPrompt.Tokens"/> has after the prefix.</summary>
    public int MaximumCallTokens
    {
        get
        {
            int fixedTokens = 0;
            int[] uses = new int[_prompt.Document.Inputs.Count];
            for (int i = FirstCallSegment; i < _promptTokens.Length; i++)
            {
                fixedTokens += _promptTokens[i].Length;
                if (_prompt.Prompt[i].Kind == SegmentKind.Input)
                {
                    uses[_prompt.Prompt[i].SlotIndex]++;
                }
            }

            // An input that the body repeats takes its tokens each time.
            return fixedTokens + (_prompt.Document.MaxInputTokens * uses.DefaultIfEmpty(0).Max());
        }
    }

    private int FirstCallSegment { get; }

    /// <summary>Turns the prompt with its inputs into tokens. Inputs that are too long are cut by <see cref="InputTruncation"/>.</summary>
    /// <param name="inputs">The inputs as text, in the order of the prompt file.</param>
    /// <returns>The tokens up to and with the header of the answer.</returns>
    /// <exception cref="ArgumentException">The number of inputs is not that of the prompt.</exception>
    public EncodedPrompt Encode(IReadOnlyList<string> inputs)
    {
        int count = _prompt.Document.Inputs.Count;
        if (inputs.Count != count)
        {
            throw new ArgumentException($"The prompt '{_prompt.Document.Name}' has {count} inputs, {inputs.Count} were given.", nameof(inputs));
        }

        int[][] values = new int[count][];
        for (int i = 0; i < count; i++)
        {
            values[i] = TokenizeValue(inputs[i]);
        }

        int[] kept = InputTruncation.Lengths([.. values.Select(value => value.Length)], _prompt.Document.MaxInputTokens);
        bool truncated = false;
        for (int i = 0; i < count; i++)
        {
            truncated |= kept[i] < values[i].Length;
        }

        var tokens = new List<int>(_prefix);
        for (int i = FirstCallSegment; i < _promptTokens.Length; i++)
        {
            PromptSegment segment = _prompt.Prompt[i];
            tokens.AddRange(segment.Kind == SegmentKind.Input
                ? values[segment.SlotIndex].AsSpan(0, kept[segment.SlotIndex])
                : _promptTokens[i]);
        }

        return new EncodedPrompt([.. tokens], _prefix.Length, truncated);
    }

    /// <summary>Turns an answer into tokens.</summary>
    /// <param name="values">
    /// The values as text, in the order of the outputs, as a row has them: labels, true or false, numbers, free text; JSON for arrays
    /// and objects; null for an output that is missing.
    /// </param>
    /// <returns>The tokens after those of the prompt, the end of the turn included.</returns>
    /// <exception cref="ArgumentException">The number of values is not that of the outputs.</exception>
    /// <exception cref="FormatException">The value of an array, an object or an output that may be missing has not its form.</exception>
    public EncodedCompletion EncodeCompletion(IReadOnlyList<string?> values)
    {
        if (values.Count != _prompt.Document.Outputs.Count)
        {
            throw new ArgumentException(
                $"The prompt '{_prompt.Document.Name}' has {_prompt.Document.Outputs.Count} outputs, {values.Count} values were given.", nameof(values));
        }

        var answer = new CompletionTokens(this);
        for (int i = 0; i < _completionTokens.Length; i++)
        {
            PromptSegment segment = _prompt.Completion[i];
            if (segment.Kind != SegmentKind.Output)
            {
                answer.AddFixed(_completionTokens[i]);
                continue;
            }

            PromptOutput output = _prompt.Document.Outputs[segment.SlotIndex];
            string? value = values[segment.SlotIndex];
            answer.BeginValue();
            if (NestedAnswer.IsNested(output))
            {
                answer.AddNested(output, value);
            }
            else
            {
                answer.AddValue(TokenizeAnswer(segment.SlotIndex, value ?? throw new ArgumentException($"The output '{output.Name}' has no value.", nameof(values))));
            }
        }

        return answer.ToCompletion();
    }

    /// <summary>Gets the tokens of a fixed segment of the answer; empty for a value.</summary>
    /// <param name="segment">Index of the segment in <see cref="CompiledPrompt.Completion"/>.</param>
    /// <returns>The tokens.</returns>
    internal int[] FixedCompletionTokens(int segment) => _completionTokens[segment];

    /// <summary>Turns a value of the answer into tokens.</summary>
    /// <param name="output">Index of the output.</param>
    /// <param name="value">The value as a row has it.</param>
    /// <returns>The tokens, without what follows.</returns>
    internal int[] TokenizeAnswer(int output, string value) =>
        TokenizeValue(AnswerText.ToSegment(_prompt.Document, output, value));

    /// <summary>Turns fixed text of the answer into tokens.</summary>
    /// <param name="text">The text of one segment.</param>
    /// <returns>The tokens; not to be changed.</returns>
    internal int[] TokenizeFixedText(string text) => _punctuation.GetOrAdd(text, static (key, encoder) => encoder.TokenizeValue(key), this);

    /// <summary>Turns text that is never special into tokens.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The tokens.</returns>
    internal int[] TokenizeValue(string text) => _vocabulary.Tokenize(text, addSpecial: false, parseSpecial: false);

    private int[] TokenizeFixed(PromptSegment segment) => segment.Kind switch
    {
        SegmentKind.Control => _vocabulary.Tokenize(segment.Text, addSpecial: false, parseSpecial: true),
        SegmentKind.Text => _vocabulary.Tokenize(segment.Text, addSpecial: false, parseSpecial: false),
        _ => [],
    };
}
