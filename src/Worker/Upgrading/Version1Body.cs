using System.Text;
using System.Text.RegularExpressions;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>The messages of a Prompty v1 file.</summary>
/// <param name="lines">The lines below the front matter.</param>
internal sealed partial class Version1Body(string[] lines)
{
    /// <summary>Gets the names that stand in braces, each once, in the order of the text.</summary>
    public IReadOnlyList<string> Placeholders { get; } =
        [.. Placeholder().Matches(string.Join('\n', lines)).Select(match => match.Groups["path"].Value.Split('.')[0]).Distinct(StringComparer.Ordinal)];

    /// <summary>Writes roles and placeholders as v2 wants them; all other text stays.</summary>
    /// <returns>The body with LF line ends.</returns>
    public string Convert()
    {
        var result = new StringBuilder();
        bool hasRole = lines.Any(line => Role().IsMatch(line));
        bool started = false;
        foreach (string line in lines)
        {
            Match role = Role().Match(line);
            if (!started && !role.Success && line.Trim().Length > 0)
            {
                // Text before the first role is the system's; a file without any role is one question.
                result.Append(hasRole ? "system:\n" : "user:\n");
            }

            started |= line.Trim().Length > 0;
            result.Append(role.Success ? role.Groups["role"].Value.ToLowerInvariant() + ":" : Placeholder().Replace(Comment().Replace(line, string.Empty), "{{${path}}}"));
            result.Append('\n');
        }

        return result.ToString().TrimEnd('\n') + "\n";
    }

    [GeneratedRegex(@"^\s*#?\s*(?<role>system|user|assistant)\s*(\[.*\])?\s*:\s*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Role();

    // Jinja's trim markers and Mustache's third brace change nothing in a prompt.
    [GeneratedRegex(@"\{\{\{?[-~&]?\s*(?<path>[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*)\s*[-~]?\}?\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\{#.*?#\}|\{\{!.*?\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
