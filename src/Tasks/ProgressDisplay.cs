using System.Diagnostics;
using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks;

/// <summary>
/// Shows the worker's progress: as build messages, every five percent but not more than one in five seconds and not less than one in thirty,
/// and as soon as the time left is known; and where messages are hidden, by the verbosity of 'dotnet run' or by MSBuild's terminal logger, on
/// the terminal itself. A training takes minutes, and a tool that is silent for that long looks broken.
/// </summary>
internal sealed class ProgressDisplay : IDisposable
{
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);
    private const double PercentStep = 5;

    private readonly TaskLoggingHelper _log;
    private readonly string _model;
    private readonly ProgressTerminal? _terminal;
    private readonly Stopwatch _sinceLast = new();
    private double _lastPercent;
    private bool _showedTimeLeft;

    private ProgressDisplay(TaskLoggingHelper log, string model, ProgressTerminal? terminal)
    {
        _log = log;
        _model = model;
        _terminal = terminal;
    }

    /// <summary>Creates the display of one model.</summary>
    /// <param name="engine">The build.</param>
    /// <param name="log">The task's log.</param>
    /// <param name="mode"><c>None</c> never writes to the terminal.</param>
    /// <param name="model">The model's name.</param>
    public static ProgressDisplay Create(IBuildEngine engine, TaskLoggingHelper log, string mode, string model)
    {
        // MSBuild sets the variable for its own tasks while the terminal logger is on: that one takes messages and does not show them.
        bool hidden = Environment.GetEnvironmentVariable("_MSBUILDTLENABLED") == "1"
            || (engine is IBuildEngine10 { EngineServices: { } services } && !services.LogsMessagesOfImportance(MessageImportance.High))
            || (BuildProcess.IsNode && BuildProcess.Find() is { } process && !BuildProcess.ShowsMessages(process));
        bool wanted = !string.Equals(mode, "None", StringComparison.OrdinalIgnoreCase);
        return new ProgressDisplay(log, model, hidden && wanted ? ProgressTerminal.Open() : null);
    }

    /// <summary>Shows a state.</summary>
    public void Report(WorkerProgress progress)
    {
        string text = $"EdgeBuild: {_model}: {progress.ToDisplayText()}";
        _terminal?.Update(text);
        TimeSpan wait = progress.Percent - _lastPercent >= PercentStep ? _shortest : _longest;
        bool firstTimeLeft = progress.SecondsLeft is not null && !_showedTimeLeft;
        if (_sinceLast.IsRunning && _sinceLast.Elapsed < wait && !firstTimeLeft)
        {
            return;
        }

        _showedTimeLeft |= firstTimeLeft;

        _sinceLast.Restart();
        _lastPercent = progress.Percent;
        _log.LogMessage(MessageImportance.High, "{0}", text);
        _terminal?.WriteLine(text);
    }

    /// <summary>Shows a message of the worker: the score of what ships, why a refresh became a training.</summary>
    public void Message(string text)
    {
        _terminal?.Clear();
        _log.LogMessage(MessageImportance.High, "EdgeBuild: {0}", text);
        _terminal?.WriteMessage("EdgeBuild: " + text);
    }

    /// <summary>Makes room for a message of the build.</summary>
    public void Clear() => _terminal?.Clear();

    /// <inheritdoc/>
    public void Dispose() => _terminal?.Dispose();
}
