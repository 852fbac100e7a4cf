using EdgeBuild.Contracts;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Worker.Upgrading;

/// <summary>
/// Converts a Prompty v1 file to the subset of v2 that EdgeBuild reads. A file that is not v1 stays as it is, so a second conversion
/// changes nothing.
/// </summary>
public static class PromptUpgrade
{
    private const string Delimiter = "---";

    /// <summary>Converts a file.</summary>
    /// <param name="path">The path, for messages and for the name of a prompt without one.</param>
    /// <param name="text">The text of the file.</param>
    /// <param name="readBeside">Reads a file that the prompt names, relative to the prompt; null when there is none.</param>
    /// <returns>The text to write, and what the user should know.</returns>
    /// <exception cref="EdgeBuildException">EDGE1001: the file has no front matter, or it is not valid YAML.</exception>
    public static UpgradedPrompt Convert(string path, string text, Func<string, string?> readBeside)
    {
        string[] lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        int end = lines[0].TrimEnd() == Delimiter ? Array.FindIndex(lines, 1, line => line.TrimEnd() == Delimiter) : -1;
        if (end < 0)
        {
            throw new EdgeBuildException(
                ErrorCodes.InvalidFrontMatter,
                "A prompt file starts with front matter between two lines '---'. Add them.",
                path,
                new SourcePosition(1, 1));
        }

        YamlMappingNode root = Parse(path, string.Join('\n', lines[1..end]) + "\n");
        if (!Version1Prompt.IsVersion1(root))
        {
            return new UpgradedPrompt(text, false, []);
        }

        var notes = new List<string>();
        var body = new Version1Body(lines[(end + 1)..]);
        Version1Prompt prompt = Version1Prompt.Read(root, Path.GetFileNameWithoutExtension(path), body.Placeholders, readBeside, notes);
        string upgraded = Version2Writer.Write(prompt) + body.Convert();
        return new UpgradedPrompt(text.Contains("\r\n", StringComparison.Ordinal) ? upgraded.ReplaceLineEndings("\r\n") : upgraded, true, notes);
    }

    private static YamlMappingNode Parse(string path, string yaml)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            return stream.Documents switch
            {
                [] => [],
                [{ RootNode: YamlMappingNode mapping }, ..] => mapping,
                _ => throw new EdgeBuildException(ErrorCodes.InvalidFrontMatter, "The front matter must hold keys, such as 'name: triage'.", path, new SourcePosition(2, 1)),
            };
        }
        catch (YamlException exception)
        {
            // The front matter starts in line 2 of the file.
            var position = new SourcePosition((int)exception.Start.Line + 1, (int)exception.Start.Column);
            throw new EdgeBuildException(ErrorCodes.InvalidFrontMatter, $"The front matter is not valid YAML: {exception.Message.TrimEnd('.')}. Correct it, then convert the file.", path, position, exception);
        }
    }
}
