using EdgeBuild.Contracts;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;

namespace EdgeBuild.LanguageServer.Linting;

/// <summary>The checks of the editor on the command line.</summary>
public static class Linter
{
    private static readonly ProjectCatalog _projects = new(() => { });

    /// <summary>Checks a prompt file, or a dataset of a project.</summary>
    /// <param name="path">The file.</param>
    /// <param name="fix">Whether to make the preferred fixes first.</param>
    /// <returns>What is left to say.</returns>
    public static IReadOnlyList<Diagnostic> Check(string path, bool fix)
    {
        string full = Path.GetFullPath(path);
        EdgeProject? project = Project(full);
        if (!SourceFiles.IsPrompt(path))
        {
            return project is null ? [] : [.. new DatasetFile(full, project, null).Check(_ => null).Findings.Select(finding => finding with { Path = path })];
        }

        var file = new PromptFile(new OpenDocument(path, 0, File.ReadAllText(full)), path, project);
        while (fix && PreferredFix(file) is { } edits)
        {
            string mended = OpenDocument.Apply(file.Document.Text, edits);
            File.WriteAllText(full, mended);
            file = new PromptFile(new OpenDocument(path, 0, mended), path, project);
        }

        return file.Parsed.Diagnostics;
    }

    private static EdgeProject? Project(string path)
    {
        EdgeProject? project = _projects.Find(path);
        Task pending = _projects.Pending;
        if (pending.IsCompleted)
        {
            return project;
        }

        pending.Wait();
        return _projects.Find(path);
    }

    /// <summary>One at a time: every fix may move the places of the others.</summary>
    private static IReadOnlyList<TextEdit>? PreferredFix(PromptFile file)
    {
        var fixes = new PromptFixes(file);
        return file.Parsed.Diagnostics.SelectMany(fixes.Of).FirstOrDefault(fix => fix.IsPreferred)?.Edits;
    }
}
