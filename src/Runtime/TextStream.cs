using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace EdgeBuild.Runtime;

/// <summary>Hands the pieces of a text from the call that writes it to its reader.</summary>
internal static class TextStream
{
    /// <summary>Begins a call and reads its pieces. The call ends when the reader stops.</summary>
    /// <typeparam name="T">The result of the call.</typeparam>
    /// <param name="call">The call; it tells its pieces to the given action.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The pieces.</returns>
    public static async IAsyncEnumerable<string> ReadAsync<T>(
        Func<Action<string>, CancellationToken, Task<T>> call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The text has a limit, so that the pieces that wait need none.
        var pieces = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task writing = WriteAsync();
        try
        {
            await foreach (string piece in pieces.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
            {
                // The call may have ended before its reader was cancelled.
                cancellationToken.ThrowIfCancellationRequested();
                yield return piece;
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            await stopped.CancelAsync().ConfigureAwait(false);
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WriteAsync()
        {
            try
            {
                await call(piece => pieces.Writer.TryWrite(piece), stopped.Token).ConfigureAwait(false);
                pieces.Writer.Complete();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                pieces.Writer.Complete(new OperationCanceledException(cancellationToken));
            }
            catch (Exception exception)
            {
                pieces.Writer.Complete(exception);
            }
        }
    }
}
