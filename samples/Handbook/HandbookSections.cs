using System.Text.RegularExpressions;

namespace Handbook;

/// <summary>The sections of a handbook, and which of them a question is about.</summary>
internal sealed partial class HandbookSections
{
    private readonly List<(string Text, HashSet<string> Words)> _sections = [];

    /// <summary>Reads a Markdown file with a section below each heading of the second level.</summary>
    public HandbookSections(string file)
    {
        foreach (string section in File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n## ").Skip(1))
        {
            string[] parts = section.Trim().Split('\n', 2);
            string text = $"{parts[0]}: {parts[^1]}";
            _sections.Add((text, Words(text)));
        }
    }

    /// <summary>Finds the section that shares most words with the question; rare words count more.</summary>
    /// <returns>The section, or null when no section has a word of the question.</returns>
    public string? Find(string question)
    {
        HashSet<string> asked = Words(question);
        (string text, double score) = _sections.Select(section => (section.Text, section.Words.Where(asked.Contains).Sum(Weight))).MaxBy(entry => entry.Item2);
        return score > 0 ? text : null;
    }

    private double Weight(string word) => Math.Log((double)_sections.Count / _sections.Count(section => section.Words.Contains(word)));

    // Plurals and forms of verbs share their first letters, which is stemming enough for a few dozen sections.
    private static HashSet<string> Words(string text) =>
        [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value[..Math.Min(match.Length, 5)])];

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();
}
