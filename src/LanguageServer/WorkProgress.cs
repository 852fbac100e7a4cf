namespace EdgeBuild.LanguageServer;

/// <summary>Work that the editor shows while it goes on, and that its user can end.</summary>
internal sealed class WorkProgress : IAsyncDisposable
{
    private readonly EditorConnection _editor;
    private readonly object? _token;
    private readonly CancellationTokenSource _cancellation;

    /// <summary>Initializes a new instance of the <see cref="WorkProgress"/> class.</summary>
    /// <param name="editor">The editor.</param>
    /// <param name="token">Its token; null when nothing is shown.</param>
    /// <param name="cancellationToken">Ends the work too.</param>
    public WorkProgress(EditorConnection editor, object? token, CancellationToken cancellationToken)
    {
        _editor = editor;
        _token = token;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
    }

    /// <summary>Gets what ends the work.</summary>
    public CancellationToken CancellationToken => _cancellation.Token;

    public Task BeginAsync(string title) => SendAsync(new { kind = "begin", title, cancellable = true });

    public Task ReportAsync(string message) => SendAsync(new { kind = "report", message });

    /// <summary>Ends the work because the user wants it.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _editor.Forget(_token);
        await SendAsync(new { kind = "end" }).ConfigureAwait(false);
        _cancellation.Dispose();
    }

    private Task SendAsync(object value) => _token is null ? Task.CompletedTask : _editor.NotifyAsync("$/progress", new { token = _token, value });
}
