using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;

namespace EdgeBuild.LanguageServer;

/// <summary>What the editor has open, and the projects that it belongs to.</summary>
/// <param name="models">The models that builds have made.</param>
/// <param name="evaluated">Called when a project became known that was not built.</param>
internal sealed class EditorFiles(IBuiltModels models, Action evaluated) : IDisposable
{
    private readonly Dictionary<string, (int Version, PromptFile File)> _prompts = new(StringComparer.Ordinal);

    public DocumentStore Documents { get; } = new();

    public ProjectCatalog Projects { get; } = new(evaluated);

    public LabelRows Rows { get; } = new();

    public IBuiltModels Models => models;

    /// <summary>Gets an open prompt file; null for other files.</summary>
    public PromptFile? Prompt(TextDocumentIdentifier identifier)
    {
        if (Documents.Find(identifier.Uri) is not { } document || !identifier.Uri.EndsWith(".prompty", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string path = DocumentUri.ToPath(document.Uri) ?? document.Uri;
        EdgeProject? project = DocumentUri.ToPath(document.Uri) is { } file ? Projects.Find(file) : null;
        if (!_prompts.TryGetValue(document.Uri, out (int Version, PromptFile File) known) || known.Version != document.Version || !ReferenceEquals(known.File.Project, project))
        {
            known = (document.Version, new PromptFile(document, path, project));
            _prompts[document.Uri] = known;
        }

        return known.File;
    }

    /// <summary>Gets an open dataset of a project; null for other files.</summary>
    public DatasetFile? Dataset(TextDocumentIdentifier identifier) =>
        DocumentUri.ToPath(identifier.Uri) is { } path && DatasetFile.IsDataset(path) && Documents.Find(identifier.Uri) is not null && Projects.Find(path) is { } project
            ? new DatasetFile(path, project, models)
            : null;

    /// <summary>Gets the text of a file as it is in the editor now; null when it is not open.</summary>
    public DocumentText? TextOf(string path) => Documents.All.FirstOrDefault(document => DocumentUri.ToPath(document.Uri) == path)?.Snapshot();

    /// <summary>Forgets how a document was read.</summary>
    public void Forget(string uri) => _prompts.Remove(uri);

    /// <inheritdoc/>
    public void Dispose() => Projects.Dispose();
}
