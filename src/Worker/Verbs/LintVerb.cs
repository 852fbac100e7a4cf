using System.CommandLine;
using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Linting;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild lint [PATH…]</c>: checks prompt files and the datasets of the last build, as build and editor do.</summary>
internal static class LintVerb
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("paths") { Description = "Files or folders; the current folder without any.", Arity = ArgumentArity.ZeroOrMore };
        var fix = new Option<bool>("--fix") { Description = "Make the fixes that need no choice." };
        var sarif = new Option<FileInfo?>("--sarif") { Description = "Write the findings as SARIF 2.1.0 to this file too." };
        var command = new Command("lint", "Check prompt files and datasets as a build does, without building.") { paths, fix, sarif };
        command.SetAction(result => Run(result.GetValue(paths) ?? [], result.GetValue(fix), result.GetValue(sarif)));
        return command;
    }

    private static int Run(string[] paths, bool fix, FileInfo? sarif)
    {
        IReadOnlyList<string> files = SourceFiles.Find(paths.Length == 0 ? ["."] : paths);
        IReadOnlyList<Diagnostic> findings = [.. files.SelectMany(file => Linter.Check(file, fix))];
        foreach (Diagnostic finding in findings)
        {
            Console.WriteLine(finding);
        }

        if (sarif is not null)
        {
            LlamaCpp.AtomicFile.Write(sarif.FullName, stream => SarifLog.Write(stream, findings));
        }

        int errors = findings.Count(finding => finding.IsError);
        Console.WriteLine($"{files.Count} files, {errors} errors, {findings.Count - errors} warnings.");
        return errors > 0 ? 1 : 0;
    }
}
