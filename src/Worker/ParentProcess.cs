namespace EdgeBuild.Worker;

/// <summary>Notices that the process that started the worker has gone away: its end of the standard input pipe closes.</summary>
public static class ParentProcess
{
    /// <summary>Cancels when standard input reaches its end. Only for a redirected input: a terminal's input is the user's.</summary>
    /// <param name="cancellation">What to cancel.</param>
    public static void CancelWhenGone(CancellationTokenSource cancellation)
    {
        if (!Console.IsInputRedirected)
        {
            return;
        }

        var watcher = new Thread(() =>
        {
            using Stream input = Console.OpenStandardInput();
            Span<byte> buffer = stackalloc byte[256];
            while (input.Read(buffer) > 0)
            {
            }

            cancellation.Cancel();
        })
        {
            IsBackground = true,
            Name = "parent watcher",
        };
        watcher.Start();
    }
}
