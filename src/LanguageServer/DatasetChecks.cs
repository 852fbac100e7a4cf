using System.Collections.Concurrent;
using EdgeBuild.Contracts;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Features;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;

namespace EdgeBuild.LanguageServer;

/// <summary>Checks of datasets beside the messages: a hundred thousand rows take seconds, a key must not wait for them.</summary>
/// <param name="documents">The open documents.</param>
/// <param name="publish">Publishes the findings about a document.</param>
internal sealed class DatasetChecks(DocumentStore documents, Func<string, int?, IReadOnlyList<LspDiagnostic>, Task> publish) : IDisposable
{
    private static readonly TimeSpan _quiet = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);

    /// <summary>Starts the check of a document; an earlier one of the same document is given up.</summary>
    /// <param name="document">The document.</param>
    /// <param name="dataset">The dataset.</param>
    /// <param name="delayed">Whether to wait until nothing was typed for a moment.</param>
    public void Start(OpenDocument document, DatasetFile dataset, bool delayed)
    {
        Forget(document.Uri);
        var cancellation = new CancellationTokenSource();
        _running[document.Uri] = cancellation;

        // The document changes under the check only after it was given up.
        _ = RunAsync(document, dataset, delayed ? _quiet : TimeSpan.Zero, cancellation.Token);
    }

    /// <summary>Gives up the check of a document.</summary>
    public void Forget(string uri)
    {
        if (_running.TryRemove(uri, out CancellationTokenSource? earlier))
        {
            earlier.Cancel();
            earlier.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (string uri in _running.Keys)
        {
            Forget(uri);
        }
    }

    private async Task RunAsync(OpenDocument document, DatasetFile dataset, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(delay, cancellationToken).ConfigureAwait(false);
            int version = document.Version;
            documents.Snapshot(document);
            IReadOnlyList<LspDiagnostic> findings = await Task.Run(() => Find(document, dataset, cancellationToken), cancellationToken).ConfigureAwait(false);
            if (!cancellationToken.IsCancellationRequested)
            {
                await publish(document.Uri, version, findings).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested || exception is OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            // Something newer runs, or the file is not there any more.
        }
    }

    /// <summary>Finds what is wrong with a document now.</summary>
    public IReadOnlyList<LspDiagnostic> Find(OpenDocument document, DatasetFile dataset, CancellationToken cancellationToken)
    {
        (IReadOnlyList<Diagnostic> findings, IReadOnlyList<(DatasetRow, SuspectedRow)> suspects) = dataset.Check(file => Text(file, cancellationToken));
        return [.. Findings.From(findings, document), .. dataset.Answers.Hints(document, suspects)];
    }

    private DocumentText? Text(string file, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return documents.TextOf(file);
    }
}
