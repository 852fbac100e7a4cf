using System.Collections.Concurrent;
using EdgeBuild.LanguageServer.Protocol;

namespace EdgeBuild.LanguageServer.Documents;

/// <summary>The documents that the editor has open. Changed by the one thread that serves messages, read by the checks of datasets too.</summary>
internal sealed class DocumentStore
{
    private readonly ConcurrentDictionary<string, OpenDocument> _documents = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DocumentText> _texts = new(StringComparer.Ordinal);

    /// <summary>Gets the open documents.</summary>
    public IEnumerable<OpenDocument> All => _documents.Values;

    public OpenDocument? Find(string uri) => _documents.GetValueOrDefault(uri);

    public OpenDocument Open(TextDocumentItem item)
    {
        var document = new OpenDocument(item.Uri, item.Version, item.Text);
        _documents[item.Uri] = document;
        Snapshot(document);
        return document;
    }

    public OpenDocument? Change(DidChangeParams change)
    {
        if (Find(change.TextDocument.Uri) is not { } document)
        {
            return null;
        }

        document.Apply(change.TextDocument.Version, change.ContentChanges);
        return document;
    }

    public void Close(string uri)
    {
        if (_documents.TryRemove(uri, out _) && DocumentUri.ToPath(uri) is { } path)
        {
            _texts.TryRemove(path, out _);
        }
    }

    /// <summary>Keeps the text for checks that run beside the editing.</summary>
    public void Snapshot(OpenDocument document)
    {
        if (DocumentUri.ToPath(document.Uri) is { } path)
        {
            _texts[path] = document.Snapshot();
        }
    }

    /// <summary>Gets the text of a file as the editor holds it; null when it is not open.</summary>
    public DocumentText? TextOf(string path) => _texts.GetValueOrDefault(path);
}
