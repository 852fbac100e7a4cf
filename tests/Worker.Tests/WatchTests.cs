using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Verbs;
using EdgeBuild.Worker.Watching;
using Spectre.Console;

namespace EdgeBuild.Worker.Tests;

[TestClass]
[DoNotParallelize]
public sealed class WatchTests : IDisposable
{
    private readonly SmallProject _project = new();

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public async Task A_training_is_seen_from_outside_with_loss_speed_time_left_and_memory_until_it_ends()
    {
        _project.Recipe = _project.Recipe with { Epochs = 40 };
        TrainingPlan plan = _project.Plan("watched", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 200), SmallProject.Rows(200, 20)));
        var seen = new StringWriter();
        Task<bool> training = Task.Run(() => _project.RunAsync(plan, TestContext.CancellationToken));
        await UntilAsync(() => RunView.Draw(_project.Cache).Runs == 1 || training.IsCompleted);

        await WatchVerb.WatchAsync(Recording(seen), _project.Cache, TimeSpan.FromMilliseconds(50), TestContext.CancellationToken);

        Assert.IsTrue(await training, string.Join('\n', _project.Output));
        string text = seen.ToString();
        TestContext.WriteLine(text[^Math.Min(text.Length, 2000)..]);
        foreach (string wanted in new[] { "Test", "training, step", "loss", "▁", "█", "validation", "tokens/s", "time left", "memory" })
        {
            Assert.Contains(wanted, text);
        }

        Assert.MatchesRegex(@"memory.* [\d.]+ [MG]B", text);
        Assert.AreEqual(0, RunView.Draw(_project.Cache).Runs);
        Assert.IsEmpty(Directory.GetFiles(Path.Combine(_project.Cache, "runs")));
    }

    [TestMethod]
    public async Task A_watch_without_a_training_waits_and_is_ended_by_its_user()
    {
        var seen = new StringWriter();
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await WatchVerb.WatchAsync(Recording(seen), _project.Cache, TimeSpan.FromMilliseconds(20), cancellation.Token);
        Assert.Contains("No build is training now", seen.ToString());
    }

    [TestMethod]
    public void A_run_that_was_killed_is_not_shown_and_the_next_one_takes_its_file_away()
    {
        string folder = Path.Combine(_project.Cache, "runs");
        string dead = Path.Combine(folder, "elsewhere-1-abc.json");
        Directory.CreateDirectory(folder);
        File.WriteAllText(dead, """{"Name":"Old","AdapterKey":"","Machine":"elsewhere","ProcessId":1,"Percent":5,"SecondsLeft":null,"Text":"training"}""");
        Assert.AreEqual(1, RunView.Draw(_project.Cache).Runs);
        File.SetLastWriteTimeUtc(dead, DateTime.UtcNow.AddMinutes(-1));
        Assert.AreEqual(0, RunView.Draw(_project.Cache).Runs);

        using var writer = new StringWriter();
        using var progress = new ProgressReporter(writer);
        using (RunFile.Start(_project.Plan("new", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 4), SmallProject.Rows(4, 2))), progress))
        {
            Assert.IsFalse(File.Exists(dead));
            progress.BeginPhase("checking", 5);
            Assert.AreEqual("checking", RunFile.ReadAll(_project.Cache).Single().Text);
        }

        progress.BeginPhase("later", 6);
        Assert.IsEmpty(RunFile.ReadAll(_project.Cache));
    }

    [TestMethod]
    public void A_sparkline_averages_neighbours_and_leaves_out_what_is_no_number()
    {
        Assert.AreEqual("▁▃▅█", Sparkline.Draw([0, 2, 4, 7], 10));
        Assert.AreEqual("▁█", Sparkline.Draw([0, 2, 4, 6], 2));
        Assert.AreEqual("▁▁", Sparkline.Draw([3, 3], 8));
        Assert.AreEqual("▁█", Sparkline.Draw([double.NaN, 1, 2], 8));
        Assert.AreEqual(string.Empty, Sparkline.Draw([], 8));
    }

    private static IAnsiConsole Recording(StringWriter writer)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes });
        console.Profile.Width = 120;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, TestContext.CancellationToken);
        }
    }
}
