using System.CommandLine;
using System.Text;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Linting;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild format [PATH…]</c>: formats prompt files.</summary>
internal static class FormatVerb
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("paths") { Description = "Files or folders; the current folder without any.", Arity = ArgumentArity.ZeroOrMore };
        var check = new Option<bool>("--check") { Description = "Change nothing; exit with 1 when a file is not formatted." };
        var command = new Command(
            "format", "Format prompt files without changing what they mean. The text of a prompt is part of its hash, so a formatted prompt is trained anew: format before training.")
        { paths, check };
        command.SetAction(result => Run(result.GetValue(paths) ?? [], result.GetValue(check)));
        return command;
    }

    private static int Run(string[] paths, bool check)
    {
        string[] prompts = [.. SourceFiles.Find(paths.Length == 0 ? ["."] : paths).Where(SourceFiles.IsPrompt)];
        int changed = 0;
        foreach (string path in prompts)
        {
            byte[] before = File.ReadAllBytes(path);
            string text = new UTF8Encoding(false).GetString(before);
            string formatted = PromptFormatter.Format(path, text);
            if (formatted == text)
            {
                continue;
            }

            changed++;
            Console.WriteLine(check ? $"{path}: is not formatted. Run 'edgebuild format {path}'." : $"{path}: formatted.");
            if (!check)
            {
                LlamaCpp.AtomicFile.Write(Path.GetFullPath(path), stream => stream.Write(new UTF8Encoding(false).GetBytes(formatted)));
            }
        }

        Console.WriteLine($"{prompts.Length} prompt files, {changed} {(check ? "not formatted" : "changed")}.");
        return check && changed > 0 ? 1 : 0;
    }
}
