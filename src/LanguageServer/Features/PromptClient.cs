using System.Text.RegularExpressions;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>
/// The C# side of a prompt: the generated class, where the project writes generated files (EmitCompilerGeneratedFiles), else the places of its code
/// that name the class, from which the C# editor shows it.
/// </summary>
internal static partial class PromptClient
{
    private const int MostFiles = 2000;
    private const int MostPlaces = 200;

    /// <summary>Finds the class.</summary>
    public static IReadOnlyList<Location> Find(PromptFile file)
    {
        if (file.Project is not { } project || file.Name is not { } name)
        {
            return [];
        }

        string client = ClientName(project.ProjectFile, file.Path) ?? PromptNaming.PascalCase(name.Text);
        var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true };
        string[] sources = [.. Directory.EnumerateFiles(project.Directory, "*.cs", options).Where(path => !IsBuilt(project.Directory, path, "bin")).Take(MostFiles)];
        Location[] declared = [.. sources.Where(path => IsBuilt(project.Directory, path, "obj")).SelectMany(path => Places(path, $"\\bclass {Regex.Escape(client)}\\b"))];
        return declared.Length > 0
            ? declared
            : [.. sources.Where(path => !IsBuilt(project.Directory, path, "obj")).SelectMany(path => Places(path, $"\\b{Regex.Escape(client)}\\b")).Take(MostPlaces)];
    }

    private static bool IsBuilt(string root, string path, string folder) => Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar).Contains(folder);

    private static IEnumerable<Location> Places(string path, string pattern)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            yield break;
        }

        for (int line = 0; line < lines.Length; line++)
        {
            foreach (Match match in Regex.Matches(lines[line], pattern))
            {
                yield return new Location(DocumentUri.From(path), new Range(new Position(line, match.Index), new Position(line, match.Index + match.Length)));
            }
        }
    }

    private static string? ClientName(string project, string prompt)
    {
        Match item = Regex.Match(File.ReadAllText(project), $"<EdgePrompt\\b[^>]*{Regex.Escape(Path.GetFileName(prompt))}\"[^>]*>");
        Match name = NameAttribute().Match(item.Value);
        return name.Success ? name.Groups[1].Value : null;
    }

    [GeneratedRegex("\\bClientName\\s*=\\s*\"([^\"]+)\"")]
    private static partial Regex NameAttribute();
}
