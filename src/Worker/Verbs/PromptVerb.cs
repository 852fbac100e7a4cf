using System.CommandLine;
using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Upgrading;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild prompt upgrade FILE</c>: converts a Prompty v1 file to the subset of v2 that EdgeBuild reads.</summary>
internal static class PromptVerb
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "A .prompty file." };
        file.AcceptExistingOnly();
        var output = new Option<FileInfo?>("--output") { Description = "Where the converted file is written; in place without it." };
        var upgrade = new Command("upgrade", "Convert a Prompty v1 file to v2. A file that is not v1 stays as it is.") { file, output };
        upgrade.SetAction(parseResult => Upgrade(parseResult.GetRequiredValue(file), parseResult.GetValue(output)));
        return new Command("prompt", "Work with prompt files.") { upgrade };
    }

    private static int Upgrade(FileInfo file, FileInfo? output)
    {
        string path = file.ToString();
        string target = output?.ToString() ?? path;
        UpgradedPrompt upgraded = PromptUpgrade.Convert(path, File.ReadAllText(path), name => ReadBeside(file.DirectoryName!, name));
        if (upgraded.IsVersion1 || output is not null)
        {
            AtomicFile.Write(Path.GetFullPath(target), stream => stream.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(upgraded.Text)));
        }

        Console.WriteLine(upgraded.IsVersion1 ? $"{target}: converted from Prompty v1 to v2." : $"{target}: is not Prompty v1; nothing to convert.");
        foreach (string note in upgraded.Notes)
        {
            Console.WriteLine($"  {note}");
        }

        IReadOnlyList<Diagnostic> left = PromptDocument.Parse(target, upgraded.Text).Diagnostics;
        foreach (Diagnostic diagnostic in left)
        {
            Console.WriteLine(diagnostic);
        }

        return left.Any(diagnostic => diagnostic.IsError) ? 1 : 0;
    }

    private static string? ReadBeside(string directory, string name)
    {
        // Prompty confines references to the folder of the prompt.
        string path = Path.GetFullPath(Path.Combine(directory, name));
        return path.StartsWith(Path.GetFullPath(directory) + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path) ? File.ReadAllText(path) : null;
    }
}
