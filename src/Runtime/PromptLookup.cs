namespace EdgeBuild.Runtime;

/// <summary>
/// Guesses the next tokens of a text: where the input has what was just written, what follows there. Names, dates and amounts of a record are mostly
/// copied, and a processor that reads all weights for one token computes eight in the time of three (prompt lookup decoding, A. Saxena 2023,
/// github.com/apoorvumang/prompt-lookup-decoding). A wrong guess costs time and changes no answer.
/// </summary>
/// <param name="source">The tokens of the input.</param>
internal sealed class PromptLookup(ReadOnlyMemory<int> source)
{
    /// <summary>The most tokens of a batch with guesses: from here on arithmetic takes longer than reading the weights.</summary>
    public const int BatchTokens = 8;

    // One equal token is a matter of chance: with it, summaries took a tenth longer than without guesses.
    private const int ShortestKey = 2;
    private const int LongestKey = 3;

    private int _length = BatchTokens - 1;

    /// <summary>Guesses.</summary>
    /// <param name="written">The text so far.</param>
    /// <param name="most">The most tokens to guess.</param>
    /// <returns>The tokens; none where the input has nothing like the end of the text.</returns>
    public ReadOnlySpan<int> Guess(ReadOnlySpan<int> written, int most)
    {
        ReadOnlySpan<int> input = source.Span;
        for (int length = Math.Min(LongestKey, written.Length); length >= ShortestKey && most > 0 && input.Length > length; length--)
        {
            // A key at the very end has nothing behind it.
            int found = input[..^1].LastIndexOf(written[^length..]);
            if (found >= 0)
            {
                ReadOnlySpan<int> rest = input[(found + length)..];
                return rest[..Math.Min(rest.Length, Math.Min(_length, most))];
            }
        }

        return [];
    }

    /// <summary>Learns how good a guess was: good ones become longer, wrong ones shorter.</summary>
    /// <param name="guessed">The number of tokens.</param>
    /// <param name="right">How many of them were chosen.</param>
    public void Learn(int guessed, int right) => _length = right == guessed ? Math.Min(_length * 2, BatchTokens - 1) : Math.Max(right, 1);
}
