namespace EdgeBuild.Runtime;

/// <summary>One prompt that waits for its answer.</summary>
/// <param name="prompt">The prompt.</param>
/// <param name="settings">How it is answered.</param>
/// <param name="cancellationToken">Ends the call.</param>
internal sealed class AnswerCall(EncodedPrompt prompt, CallSettings settings, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<EdgePrediction> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets the prompt.</summary>
    public EncodedPrompt Prompt { get; } = prompt;

    /// <summary>Gets how it is answered.</summary>
    public CallSettings Settings { get; } = settings;

    /// <summary>Gets what ends the call.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>Gets the answer.</summary>
    public Task<EdgePrediction> Completion => _completion.Task;

    /// <summary>Gives the answer.</summary>
    /// <param name="prediction">The answer.</param>
    public void Complete(EdgePrediction prediction) => _completion.TrySetResult(prediction);

    /// <summary>Tells what went wrong.</summary>
    /// <param name="exception">The error.</param>
    public void Fail(Exception exception) => _completion.TrySetException(exception);

    /// <summary>Ends the call without an answer; its caller goes on at once, its row ends at the next step of the model.</summary>
    public void Cancel() => _completion.TrySetCanceled(CancellationToken);
}
