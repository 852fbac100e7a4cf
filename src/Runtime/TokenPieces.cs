using System.Collections.Frozen;
using System.Text;

using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>The texts of a vocabulary's tokens, as generated values need them.</summary>
/// <param name="vocabulary">The vocabulary.</param>
internal sealed class TokenPieces(LlamaVocabulary vocabulary)
{
    private readonly Lazy<FrozenDictionary<int, string>> _numberTokens = new(() => FindNumberTokens(vocabulary));

    /// <summary>Gets the number of tokens.</summary>
    public int Count => vocabulary.Count;

    /// <summary>Gets the tokens that consist of characters of JSON numbers only, with their text.</summary>
    public FrozenDictionary<int, string> NumberTokens => _numberTokens.Value;

    /// <summary>Lists the tokens that a number may begin with.</summary>
    /// <param name="integer">True when the number has neither fraction nor exponent.</param>
    /// <returns>The tokens.</returns>
    public int[] NumberStarts(bool integer) =>
        [.. NumberTokens.Where(token => NumberSyntax.Read(NumberSyntax.State.Start, token.Value, integer) != NumberSyntax.State.Invalid).Select(token => token.Key).Order()];

    /// <summary>Gets the bytes of a token.</summary>
    /// <param name="token">The token.</param>
    /// <returns>UTF-8; may begin or end within a character.</returns>
    public byte[] BytesOf(int token) => vocabulary.GetBytes(token);

    /// <summary>Tells whether a token is a marker or ends the turn, so that it is part of no value.</summary>
    /// <param name="token">The token.</param>
    /// <returns>True for such a token.</returns>
    public bool IsControl(int token) => vocabulary.IsControl(token) || vocabulary.IsEndOfGeneration(token);

    private static FrozenDictionary<int, string> FindNumberTokens(LlamaVocabulary vocabulary)
    {
        ReadOnlySpan<byte> characters = "+-.0123456789Ee"u8;
        var tokens = new Dictionary<int, string>();
        for (int token = 0; token < vocabulary.Count; token++)
        {
            byte[] bytes = vocabulary.GetBytes(token);
            if (bytes.Length > 0 && !bytes.AsSpan().ContainsAnyExcept(characters) && !vocabulary.IsControl(token))
            {
                tokens.Add(token, Encoding.ASCII.GetString(bytes));
            }
        }

        return tokens.ToFrozenDictionary();
    }
}
