using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Reporting;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EdgeBuild.Worker.Watching;

/// <summary>Shows the runs of a cache: progress, loss, speed, time left and memory.</summary>
public static class RunView
{
    private const int SparklineWidth = 48;
    private const int BarWidth = 48;

    /// <summary>Draws the runs as they are now.</summary>
    /// <param name="cacheDirectory">The cache.</param>
    /// <returns>What a console shows, and the number of runs.</returns>
    public static (IRenderable View, int Runs) Draw(string cacheDirectory)
    {
        IReadOnlyList<RunProgress> runs = RunFile.ReadAll(cacheDirectory);
        var cache = new ArtifactCache(cacheDirectory);
        return runs.Count == 0
            ? (new Text("No build is training now. Start one in another terminal; Ctrl+C ends the watch."), 0)
            : (new Rows(runs.Select(run => Draw(run, MetricsLog.ReadRunning(cache, run.AdapterKey)))), runs.Count);
    }

    private static Panel Draw(RunProgress run, RunningMetrics metrics)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(2)).AddColumn();
        int filled = (int)Math.Round(Math.Clamp(run.Percent, 0, 100) / 100 * BarWidth);
        Add("done", new Markup($"[green]{new string('━', filled)}[/][grey]{new string('━', BarWidth - filled)}[/] {run.Percent.ToString("0", CultureInfo.InvariantCulture)} %"));
        Add("now", new Text(run.Text));
        Add("time left", new Text(new WorkerProgress(0, run.SecondsLeft, string.Empty).TimeLeft is { Length: > 0 } left ? left : "not known yet"));
        if (metrics.Losses.Count > 0)
        {
            Add("loss", new Text($"{Number(metrics.Losses[^1], "0.0000")}  {Sparkline.Draw(metrics.Losses, SparklineWidth)}"));
        }

        if (metrics.ValidationLosses.Count > 0)
        {
            Add("validation", new Text($"{Number(metrics.ValidationLosses[^1], "0.0000")}  {Sparkline.Draw(metrics.ValidationLosses, SparklineWidth)}"));
        }

        if (metrics.TokensPerSecond is { } speed)
        {
            Add("tokens/s", new Text(Number(speed, "0")));
        }

        if (Memory(run) is { } bytes)
        {
            Add("memory", new Text(ByteSize.Format(bytes)));
        }

        return new Panel(grid).Header($" {Markup.Escape(run.Name)} ").Expand();

        void Add(string name, IRenderable value) => grid.AddRow(new Markup($"[grey]{name}[/]"), value);
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static long? Memory(RunProgress run)
    {
        if (run.Machine != Environment.MachineName)
        {
            return null;
        }

        try
        {
            using var process = Process.GetProcessById(run.ProcessId);
            return process.WorkingSet64;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It has just ended.
            return null;
        }
    }
}
