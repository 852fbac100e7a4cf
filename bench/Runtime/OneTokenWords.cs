using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Benchmarks;

/// <summary>Words that a vocabulary has as one token, as labels that are known by their first token.</summary>
internal static class OneTokenWords
{
    /// <summary>Finds the first words of a vocabulary.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="count">The number of words.</param>
    /// <returns>The words.</returns>
    public static string[] Of(LlamaVocabulary vocabulary, int count) =>
    [
        .. Enumerable.Range(0, vocabulary.Count)
            .Where(token => !vocabulary.IsControl(token))
            .Select(token => System.Text.Encoding.UTF8.GetString(vocabulary.GetBytes(token)))
            .Where(text => text.Length >= 5 && text.All(char.IsAsciiLetterLower) && vocabulary.Tokenize(text).Length == 1)
            .Take(count),
    ];
}
