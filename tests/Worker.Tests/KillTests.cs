using System.Diagnostics;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Tests;

/// <summary>Workers that are killed, as by a power cut: no handler runs, nothing is flushed.</summary>
[TestClass]
public sealed class KillTests
{
    private const int Kills = 20;
    private const double Epochs = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-kill-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void A_training_that_is_killed_twenty_times_ends_at_the_adapter_of_an_uninterrupted_one()
    {
        var whole = new WorkerRun(Directory.CreateDirectory(Path.Combine(_folder, "whole")).FullName, Epochs);
        whole.FixChoices();
        var watch = Stopwatch.StartNew();
        whole.Run();
        TimeSpan duration = watch.Elapsed;
        byte[] expected = File.ReadAllBytes(Path.Combine(whole.AdapterFolder, "adapter.gguf"));

        var killed = new WorkerRun(Directory.CreateDirectory(Path.Combine(_folder, "killed")).FullName, Epochs);
        killed.FixChoices();
        var random = new Random(1);
        int resumed = 0;
        int kills = 0;
        while (kills < Kills)
        {
            bool hadCheckpoint = HasCheckpoint(killed);
            using Process process = killed.Start();
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();

            // Mostly some steps further in the training; every fourth time anywhere from the start of the process to its end.
            bool alive = kills % 4 == 3
                ? !process.WaitForExit((int)(random.NextDouble() * duration.TotalMilliseconds))
                : WaitForSteps(process, killed, random.Next(1, 25)) && !process.WaitForExit(random.Next(0, 20));
            if (alive)
            {
                process.Kill();
                process.WaitForExit();
                kills++;
                resumed += hadCheckpoint ? 1 : 0;
                continue;
            }

            // It came to its end before it could be killed: the next ones start anew.
            Assert.AreEqual(0, process.ExitCode);
            AssertSame(expected, killed, whole);
            Directory.Delete(killed.Cache, recursive: true);
            killed.FixChoices();
        }

        killed.Run();

        TestContext.WriteLine($"{kills} kills, {resumed} of runs that had gone on from a checkpoint; an uninterrupted run takes {duration.TotalSeconds:0.0} s");
        Assert.IsGreaterThan(3, resumed);
        AssertSame(expected, killed, whole);
        Assert.IsFalse(Directory.Exists(killed.CheckpointFolder));
    }

    /// <summary>Waits until the log of steps has grown.</summary>
    /// <returns>False when the process has ended before.</returns>
    private static bool WaitForSteps(Process process, WorkerRun run, int steps)
    {
        string path = Path.Combine(run.CheckpointFolder, "metrics", MetricsLog.FileName);
        DateTime before = File.GetLastWriteTimeUtc(path);
        while (!process.WaitForExit(2))
        {
            if (File.Exists(path) && File.GetLastWriteTimeUtc(path) != before && --steps < 0)
            {
                return true;
            }

            before = File.GetLastWriteTimeUtc(path);
        }

        return false;
    }

    private static bool HasCheckpoint(WorkerRun run) =>
        Directory.Exists(run.CheckpointFolder) && Directory.EnumerateFiles(run.CheckpointFolder, "*.checkpoint").Any();

    private static void AssertSame(byte[] expected, WorkerRun killed, WorkerRun whole)
    {
        CollectionAssert.AreEqual(expected, File.ReadAllBytes(Path.Combine(killed.AdapterFolder, "adapter.gguf")));
        CollectionAssert.AreEqual(Steps(whole), Steps(killed));
    }

    /// <summary>What a step computed, without the times.</summary>
    private static string[] Steps(WorkerRun run) =>
    [
        .. File.ReadLines(Path.Combine(run.AdapterFolder, MetricsLog.FileName))
            .Select(line => System.Text.Json.JsonDocument.Parse(line).RootElement)
            .Select(line => string.Join(' ', ((string[])["step", "loss", "gradientNorm", "learningRate", "validationLoss"])
                .Select(name => line.TryGetProperty(name, out System.Text.Json.JsonElement value) ? value.GetRawText() : "-"))),
    ];
}
