using EdgeBuild.Contracts;

namespace EdgeBuild.Worker;

/// <summary>Tells what the disk refuses from what is a defect.</summary>
internal static class StorageFailure
{
    /// <summary>Reads an exception of the file system.</summary>
    /// <param name="exception">Any exception.</param>
    /// <returns>EDGE0008, or null when the exception is of another kind.</returns>
    public static Diagnostic? From(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => null,
        IOException or UnauthorizedAccessException => Describe(exception.Message),

        // A file above the limit of its file system; .NET has no exception of its own for it.
        ArgumentOutOfRangeException { StackTrace: { } trace } when trace.Contains("System.IO.RandomAccess", StringComparison.Ordinal) => Describe(exception.Message),
        _ => null,
    };

    /// <summary>Creates the cache folder, whose place the user chooses: whatever is in the way is no defect.</summary>
    /// <param name="directory">The folder.</param>
    /// <exception cref="EdgeBuildException">EDGE0008.</exception>
    public static void CreateCache(string directory)
    {
        try
        {
            Directory.CreateDirectory(Path.Combine(directory, "locks"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EdgeBuildException(
                ErrorCodes.StorageFailed,
                $"The cache '{directory}' cannot be created: {exception.Message.TrimEnd('.')}. Set EdgeBuildCache to a folder that can be written to.",
                innerException: exception);
        }
    }

    private static Diagnostic Describe(string message) => new(
        ErrorCodes.StorageFailed,
        DiagnosticSeverity.Error,
        string.Empty,
        default,
        $"A file cannot be read or written: {message.TrimEnd('.')}. Free some space, or set EdgeBuildCache to a folder that can be written to.");

    /// <summary>Tells whether a file could not be opened because another process holds it.</summary>
    /// <param name="exception">What the attempt threw.</param>
    /// <returns>False for everything that waiting does not cure.</returns>
    public static bool IsHeldElsewhere(IOException exception)
    {
        const int SharingViolation = 32;
        const int LockViolation = 33;
        const int WouldBlock = 11;
        const int WouldBlockOnMacOS = 35;
        int code = exception.HResult & 0xFFFF;
        return OperatingSystem.IsWindows() ? code is SharingViolation or LockViolation
            : code == (OperatingSystem.IsMacOS() ? WouldBlockOnMacOS : WouldBlock);
    }
}
