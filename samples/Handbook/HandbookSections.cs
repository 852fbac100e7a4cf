using System.Text.RegularExpressions;

namespace Handbook;

/// <summary>The sections of a handbook, and which of them a question is about.</summary>
internal sealed partial class HandbookSections
{
    private readonly List<Section> _sections = [];

    /// <summary>Reads a Markdown file with a section below each heading of the second level.</summary>
    public HandbookSections(string file)
    {
        foreach (string section in File.ReadAllText(file).ReplaceLineEndings("\n").Split("\n## ").Skip(1))
        {
            string[] parts = section.Trim().Split('\n', 2);
            string text = $"{parts[0]}: {parts[^1]}";
            _sections.Add(new Section(parts[0], text, Words(parts[0]), Words(text)));
        }
    }

    /// <summary>Takes the section that the question names ("Dogs at work: may she come on Tuesday?"), else the one that shares most words with it.</summary>
    /// <returns>The section and the question without its name; no section when none has a word of the question.</returns>
    public (string? Section, string Question) Find(string question)
    {
        if (_sections.Find(section => question.StartsWith(section.Title + ":", StringComparison.OrdinalIgnoreCase)) is { } named)
        {
            return (named.Text, question[(named.Title.Length + 1)..].Trim());
        }

        // Rare words tell more than frequent ones, and words of a title count twice.
        HashSet<string> asked = Words(question);
        double Score(Section section) => section.Words.Where(asked.Contains).Concat(section.TitleWords.Where(asked.Contains)).Sum(Weight);
        Section? best = _sections.MaxBy(Score);
        return (best is not null && Score(best) > 0 ? best.Text : null, question);
    }

    private double Weight(string word) => Math.Log((double)_sections.Count / _sections.Count(section => section.Words.Contains(word)));

    // Plurals and forms of verbs share their first letters, which is stemming enough for a few dozen sections.
    private static HashSet<string> Words(string text) =>
        [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value[..Math.Min(match.Length, 5)])];

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex Word();

    private sealed record Section(string Title, string Text, HashSet<string> TitleWords, HashSet<string> Words);
}
