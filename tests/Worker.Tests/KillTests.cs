using System.Diagnostics;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Tests;

/// <summary>Workers that are killed, as by a power cut: no handler runs, nothing is flushed.</summary>
[TestClass]
public sealed class KillTests
{
    private const int Kills = 20;
    private const double Epochs = 40;

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

            // Anywhere from the start of the process to its end, mostly in the training.
            if (!process.WaitForExit((int)(random.NextDouble() * duration.TotalMilliseconds)))
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
