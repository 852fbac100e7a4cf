using System.Diagnostics;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker;

/// <summary>
/// Writes the protocol of docs/architecture.md to standard output. Phases have shares of the whole, so that the percentage
/// never runs backwards.
/// </summary>
public sealed class ProgressReporter : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    /// <summary>Back to the start of the line, and clear it.</summary>
    private const string ClearLine = "\r\u001b[K";

    private readonly TextWriter _output;
    private readonly bool _isTerminal;
    private readonly Timer _heartbeat;
    private readonly Lock _gate = new();
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private readonly List<string> _warnings = [];
    private WorkerProgress _current = new(0, null, "starting");
    private double _phaseStart;
    private double _phaseEnd;

    /// <summary>Initializes a new instance of the <see cref="ProgressReporter"/> class and writes the first line.</summary>
    /// <param name="output">Where the lines go.</param>
    /// <param name="isTerminal">Whether a person reads them: progress is then one line that changes.</param>
    public ProgressReporter(TextWriter output, bool isTerminal = false)
    {
        _output = output;
        _isTerminal = isTerminal;
        Write();
        _heartbeat = new Timer(_ => Repeat(), null, _interval, _interval);
    }

    /// <summary>Is raised with each line of progress, about once a second.</summary>
    public event Action<WorkerProgress>? Written;

    /// <summary>Reports to whoever started this process: a build, or a person at a terminal.</summary>
    /// <returns>The reporter.</returns>
    public static ProgressReporter ForConsole() => new(Console.Out, !Console.IsOutputRedirected);

    /// <summary>Starts a phase.</summary>
    /// <param name="text">What is being done.</param>
    /// <param name="endPercent">The share of the whole that is done at its end, 0 to 100.</param>
    public void BeginPhase(string text, double endPercent)
    {
        lock (_gate)
        {
            _phaseStart = _phaseEnd;
            _phaseEnd = endPercent;
            _current = new WorkerProgress(_phaseStart, null, text);
            Write();
        }
    }

    /// <summary>Reports the progress of the current phase; lines are written at most once a second.</summary>
    /// <param name="fraction">How much of the phase is done, 0 to 1.</param>
    /// <param name="remaining">The time until the end of the run, when known.</param>
    /// <param name="text">What is being done.</param>
    public void Report(double fraction, TimeSpan? remaining, string text)
    {
        lock (_gate)
        {
            double percent = _phaseStart + (Math.Clamp(fraction, 0, 1) * (_phaseEnd - _phaseStart));
            _current = new WorkerProgress(percent, remaining?.TotalSeconds, text);
            if (_sinceLast.Elapsed >= _interval)
            {
                Write();
            }
        }
    }

    /// <summary>Writes a message for the build log.</summary>
    /// <param name="text">One line.</param>
    public void Message(string text)
    {
        lock (_gate)
        {
            _output.WriteLine(_isTerminal ? ClearLine + text : text);
            _output.Flush();
        }
    }

    /// <summary>Writes a message that builds show at minimal verbosity too.</summary>
    /// <param name="text">One line.</param>
    public void Headline(string text) => Message(_isTerminal ? text : WorkerHeadline.ToLine(text));

    /// <summary>Writes a diagnostic in canonical form.</summary>
    /// <param name="diagnostic">The diagnostic.</param>
    public void Diagnostic(Diagnostic diagnostic)
    {
        string line = diagnostic.ToString().Replace('\n', ' ');
        if (!diagnostic.IsError)
        {
            _warnings.Add(line);
        }

        Message(line);
    }

    /// <summary>Writes the warnings of an entry of the cache again: they hold for whoever uses it.</summary>
    /// <param name="directory">The entry's folder.</param>
    public void RepeatWarnings(string directory)
    {
        foreach (string line in CacheLayout.ReadWarnings(directory).Except(_warnings))
        {
            _warnings.Add(line);
            Message(line);
        }
    }

    /// <summary>Writes the warnings so far into an entry of the cache.</summary>
    /// <param name="directory">The entry's folder.</param>
    public void KeepWarnings(string directory)
    {
        if (_warnings.Count > 0)
        {
            File.WriteAllLines(Path.Combine(directory, CacheLayout.WarningsFileName), _warnings);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _heartbeat.Dispose();
        lock (_gate)
        {
            if (_isTerminal)
            {
                _output.Write(ClearLine);
                _output.Flush();
            }
        }
    }

    private void Repeat()
    {
        lock (_gate)
        {
            if (_sinceLast.Elapsed >= _interval)
            {
                Write();
            }
        }
    }

    private void Write()
    {
        _sinceLast.Restart();
        if (_isTerminal)
        {
            _output.Write(ClearLine + _current.ToDisplayText());
        }
        else
        {
            _output.WriteLine(_current.ToString());
        }

        _output.Flush();
        Written?.Invoke(_current);
    }
}
