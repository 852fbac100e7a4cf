using System.Text;
using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>What remains of a text without case, spaces and punctuation: two rows that share it ask the same for a model.</summary>
internal static class NearText
{
    /// <summary>Hashes the inputs of a row in that form.</summary>
    /// <param name="inputs">The inputs.</param>
    /// <returns>Eight bytes of a SHA-256, or null when an input has neither letters nor digits, so that nothing remains of it.</returns>
    public static ulong? Hash(IReadOnlyDictionary<string, string> inputs)
    {
        using var key = new ContentKey();
        foreach (KeyValuePair<string, string> input in inputs.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            string text = Normalize(input.Value);
            if (text.Length == 0)
            {
                return null;
            }

            key.Add(input.Key, text);
        }

        return RowHash.Parse(key.Finish()).Start;
    }

    private static string Normalize(string text)
    {
        var result = new StringBuilder(text.Length);
        bool gap = false;
        foreach (char c in text)
        {
            if (char.IsLetterOrDigit(c) || char.IsSurrogate(c))
            {
                if (gap && result.Length > 0)
                {
                    result.Append(' ');
                }

                result.Append(char.ToLowerInvariant(c));
                gap = false;
            }
            else if (c != '\'')
            {
                // "don't" and "dont" are one word; any other sign parts words.
                gap = true;
            }
        }

        return result.ToString();
    }
}
