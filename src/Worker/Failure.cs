using System.Runtime.InteropServices;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker;

/// <summary>Turns exceptions into one canonical line and an exit code.</summary>
internal static class Failure
{
    private const int Failed = 1;

    // 128 + SIGINT, as shells report it.
    private const int Interrupted = 130;

    public static async Task<int> ReportAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (EdgeBuildException exception)
        {
            Write(exception.ToDiagnostic());
            return Failed;
        }
        catch (OperationCanceledException)
        {
            return Interrupted;
        }
        catch (Exception exception) when (StorageFailure.From(exception) is { } diagnostic)
        {
            Write(diagnostic);
            return Failed;
        }
        catch (Exception exception) when (IsOutOfMemory(exception))
        {
            Write(new Diagnostic(
                ErrorCodes.InsufficientMemory,
                DiagnosticSeverity.Error,
                string.Empty,
                default,
                "The machine ran out of memory in the training. Close other programs, take a smaller base or a lower BatchSize, or train on a machine with more memory; the next build goes on at the last checkpoint."));
            return Failed;
        }
#pragma warning disable CA1031 // The last place before the process ends: whatever it was becomes an error line with a code.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Write(new Diagnostic(
                ErrorCodes.WorkerDefect,
                DiagnosticSeverity.Error,
                string.Empty,
                default,
                $"{exception.GetType().Name}: {exception.Message} This is a defect of EdgeBuild; please report it with the trace on standard error."));
            await Console.Error.WriteLineAsync(exception.ToString());
            return Failed;
        }
    }

    /// <summary>Whether an allocation failed; libtorch says so by the text of its error alone.</summary>
    private static bool IsOutOfMemory(Exception exception) =>
        exception is OutOfMemoryException
        || (exception is ExternalException && exception.Message.Contains("can't allocate memory", StringComparison.Ordinal));

    private static void Write(Diagnostic diagnostic) => Console.Out.WriteLine(diagnostic.ToString().ReplaceLineEndings(" "));
}
