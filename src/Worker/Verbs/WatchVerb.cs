using System.CommandLine;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Watching;
using Spectre.Console;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild watch</c>: shows the trainings of a cache while they go on, from any terminal.</summary>
internal static class WatchVerb
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    public static Command Create()
    {
        Option<string?> cache = CacheVerb.CacheOption();
        var once = new Option<bool>("--once") { Description = "Show the state of now and end; so it is where the output goes to a file." };
        var command = new Command("watch", "Show the builds that train now: loss, speed, time left, memory.") { cache, once };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string folder = CacheFolder.Resolve(parsed.GetValue(cache));
            if (parsed.GetValue(once) || Console.IsOutputRedirected)
            {
                AnsiConsole.Write(RunView.Draw(folder).View);
                return 0;
            }

            await WatchAsync(AnsiConsole.Console, folder, _interval, cancellationToken);
            return 0;
        });
        return command;
    }

    /// <summary>Shows the runs until those that were seen have ended, or the user ends it.</summary>
    internal static Task WatchAsync(IAnsiConsole console, string folder, TimeSpan interval, CancellationToken cancellationToken) =>
        console.Live(RunView.Draw(folder).View).StartAsync(async live =>
        {
            bool seen = false;
            while (!cancellationToken.IsCancellationRequested)
            {
                (Spectre.Console.Rendering.IRenderable view, int runs) = RunView.Draw(folder);
                if (runs == 0 && seen)
                {
                    // The last picture stays: it shows how the run went.
                    return;
                }

                seen |= runs > 0;
                live.UpdateTarget(view);
                live.Refresh();
                await Task.Delay(interval, cancellationToken).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        });
}
