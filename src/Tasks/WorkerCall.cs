using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks;

/// <summary>Runs the worker inside a build: shows its progress, logs what it finds, and explains an end without a finding.</summary>
/// <param name="engine">The build.</param>
/// <param name="log">The task's log.</param>
/// <param name="host">The worker.</param>
internal sealed class WorkerCall(IBuildEngine engine, TaskLoggingHelper log, WorkerHost host)
{
    /// <summary>128 + SIGINT, as shells and the worker report it.</summary>
    private const int Interrupted = 130;

    private readonly object _gate = new();
    private WorkerProcess? _worker;
    private bool _cancelled;

    /// <summary>Runs one command of the worker.</summary>
    /// <param name="name">The model or base that it works on, for messages.</param>
    /// <param name="purpose">What it does, for the message of an end without a reason: <c>made the model</c>.</param>
    /// <param name="origin">Places findings without a line.</param>
    /// <param name="arguments">The verb and its arguments.</param>
    /// <returns>Whether it succeeded; if not, there is an error in the log, or the build was cancelled.</returns>
    public bool Run(string name, string purpose, ModelOrigin origin, IReadOnlyList<string> arguments)
    {
        bool reported = false;
        string lastError = string.Empty;
        using ProgressDisplay display = ProgressDisplay.Create(engine, log, host.Progress, name);
        object output = new();

        void OnOutput(string line)
        {
            // Lines come one after the other; the lock only orders them against those of standard error.
            lock (output)
            {
                if (WorkerProgress.TryParse(line, out WorkerProgress? progress))
                {
                    // What the display shows is a part of it; detailed and binary logs hold the whole.
                    log.LogMessage(MessageImportance.Low, "{0}", line);
                    display.Report(progress!);
                }
                else if (WorkerHeadline.Parse(line) is { } headline)
                {
                    display.Headline(headline);
                }
                else if (CanonicalDiagnostic.Parse(line) is { } diagnostic)
                {
                    display.Clear();
                    log.LogDiagnostic(origin.Complete(diagnostic), host.ProjectDirectory, host.LogData);

                    // The log knows more than the diagnostic: a warning may be an error in this project.
                    reported |= diagnostic.IsError || log.HasLoggedErrors;
                }
                else if (line.Length > 0)
                {
                    display.Message(line);
                }
            }
        }

        void OnError(string line)
        {
            lock (output)
            {
                lastError = line.Trim().Length > 0 && lastError.Length == 0 ? line.Trim() : lastError;
                log.LogMessage(MessageImportance.Normal, "{0}", line);
            }
        }

        lock (_gate)
        {
            if (_cancelled)
            {
                return false;
            }

            _worker = WorkerProcess.Start(host.Command, host.WorkerPath, arguments, host.ProjectDirectory, host.Folders, OnOutput, OnError);
        }

        int exitCode = _worker.WaitForExit();
        lock (_gate)
        {
            _worker.Dispose();
            _worker = null;
        }

        if (!_cancelled && exitCode != 0 && !reported)
        {
            log.LogDiagnostic(origin.Complete(Unexplained(name, purpose, exitCode, lastError)), host.ProjectDirectory);
        }

        return !_cancelled && exitCode == 0 && !reported;
    }

    /// <summary>Ends the worker, and lets none start any more.</summary>
    public void Cancel()
    {
        WorkerProcess? worker;
        lock (_gate)
        {
            _cancelled = true;
            worker = _worker;
        }

        worker?.Stop();
    }

    private static Diagnostic Unexplained(string name, string purpose, int exitCode, string lastError)
    {
        string reason = lastError.Length > 0 ? $" It said: {lastError}" : string.Empty;

        // Ctrl+C reaches the worker too, and it may have ended before MSBuild cancels this task.
        return exitCode == Interrupted
            ? new Diagnostic(ErrorCodes.Cancelled, DiagnosticSeverity.Error, string.Empty, default, $"The work on '{name}' was interrupted. The next build goes on where it stopped.")
            : new Diagnostic(
                ErrorCodes.WorkerNotStarted,
                DiagnosticSeverity.Error,
                string.Empty,
                default,
                $"The worker ended with exit code {exitCode} while it {purpose} '{name}', and reported no error.{reason} Build again with -v:n to see all its output.");
    }
}
