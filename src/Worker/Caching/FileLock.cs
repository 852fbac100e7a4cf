namespace EdgeBuild.Worker.Caching;

/// <summary>A lock that processes of one machine take by opening a file; the operating system releases it when its holder ends in whatever way.</summary>
public static class FileLock
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Takes a lock.</summary>
    /// <param name="path">The lock's file; its folder is created.</param>
    /// <param name="onWait">Called about once a second while another process holds the lock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The lock; disposing releases it.</returns>
    public static async Task<IDisposable> AcquireAsync(string path, Action onWait, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (TryAcquire(path) is { } held)
            {
                return held;
            }

            onWait();
            await Task.Delay(_interval, cancellationToken);
        }
    }

    /// <summary>Takes a lock that is free.</summary>
    /// <param name="path">The lock's file; its folder is created.</param>
    /// <returns>The lock, or null when another process holds it.</returns>
    public static IDisposable? TryAcquire(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            // The file itself stays, since deleting it would let a third process lock a file that the second one can no longer see.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException exception) when (StorageFailure.IsHeldElsewhere(exception))
        {
            return null;
        }
    }
}
