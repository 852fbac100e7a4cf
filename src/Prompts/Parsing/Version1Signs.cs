using System.Text.RegularExpressions;
using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Recognises Prompty v1 by its lines where the front matter uses parts of YAML that cannot be read here.</summary>
internal static class Version1Signs
{
    private static readonly Regex _topLevelKey = new(@"^(?<key>\$schema|sample|authors|version|tags)\s*:", RegexOptions.CultureInvariant);
    private static readonly Regex _modelKey = new(@"(^\s+|[{,]\s*)(?<key>api|configuration|parameters)\s*:", RegexOptions.CultureInvariant);
    private static readonly Regex _fieldKey = new(@"(^\s+|[{,]\s*)(?<key>type|sample)\s*:", RegexOptions.CultureInvariant);

    /// <summary>Reports the first key that only v1 has.</summary>
    /// <param name="lines">The lines of the file.</param>
    /// <param name="end">The index of the line that ends the front matter.</param>
    /// <param name="diagnostics">Receives the finding.</param>
    public static void Report(string[] lines, int end, DiagnosticCollector diagnostics)
    {
        Regex? nested = null;
        for (int line = 1; line < end; line++)
        {
            string text = lines[line];
            if (text.Length > 0 && text[0] is not (' ' or '#' or '-'))
            {
                nested = text.Split(':')[0] switch { "model" => _modelKey, "inputs" or "outputs" => _fieldKey, _ => null };
            }

            Match match = _topLevelKey.Match(text);
            match = match.Success ? match : nested?.Match(text) ?? match;
            if (match.Success)
            {
                Group key = match.Groups["key"];
                diagnostics.Version1(new SourcePosition(line + 1, key.Index + 1, line + 1, key.Index + key.Length + 1), $"'{key.Value}' here belongs to Prompty v1.");
                return;
            }
        }
    }
}
