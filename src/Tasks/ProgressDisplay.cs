using System.Diagnostics;
using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks;

/// <summary>
/// Shows the worker's progress: headlines as messages of high importance, of which a model has three; what changes in between as messages of
/// normal importance, every five percent but not more than one in five seconds and not less than one in thirty, and as soon as the time left is
/// known; and where the log does not show these, at the <see cref="ProgressPlace"/>. A training takes minutes, and a tool that is silent for that
/// long looks broken.
/// </summary>
internal sealed class ProgressDisplay : IDisposable
{
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(30);
    private const double PercentStep = 5;

    private readonly TaskLoggingHelper _log;
    private readonly string _model;
    private readonly ProgressPlace _place;
    private readonly ProgressTerminal? _terminal;
    private readonly Stopwatch _sinceLast = new();
    private double _lastPercent;
    private bool _showedTimeLeft;

    private ProgressDisplay(TaskLoggingHelper log, string model, ProgressPlace place)
    {
        _log = log;
        _model = model;
        _place = place;
        _terminal = place == ProgressPlace.Nowhere ? null : ProgressTerminal.Open();
    }

    /// <summary>Creates the display of one model.</summary>
    /// <param name="engine">The build.</param>
    /// <param name="log">The task's log.</param>
    /// <param name="mode"><c>None</c> writes nothing beside the log.</param>
    /// <param name="model">The model's name.</param>
    public static ProgressDisplay Create(IBuildEngine engine, TaskLoggingHelper log, string mode, string model) =>
        new(log, model, string.Equals(mode, "None", StringComparison.OrdinalIgnoreCase) ? ProgressPlace.Nowhere : BuildAudience.PlaceOf(engine));

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
        _log.LogMessage(MessageImportance.Normal, "{0}", text);
        if (_place == ProgressPlace.StandardError)
        {
            _terminal?.WriteLine(text);
        }
    }

    /// <summary>Shows a headline: what a training will need, how good its result is, where the report lies.</summary>
    public void Headline(string text)
    {
        _terminal?.Clear();
        _log.LogMessage(MessageImportance.High, "EdgeBuild: {0}", text);
        if (_place == ProgressPlace.StandardError)
        {
            _terminal?.WriteMessage("EdgeBuild: " + text);
        }
    }

    /// <summary>Writes another message of the worker: the figures of one output, why a refresh became a training.</summary>
    public void Message(string text) => _log.LogMessage(MessageImportance.Normal, "EdgeBuild: {0}", text);

    /// <summary>Makes room for a message of the build.</summary>
    public void Clear() => _terminal?.Clear();

    /// <inheritdoc/>
    public void Dispose() => _terminal?.Dispose();
}
