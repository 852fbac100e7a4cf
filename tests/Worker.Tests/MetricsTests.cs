using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using EdgeBuild.Training;
using EdgeBuild.Worker.Reporting;
using Google.Protobuf;
using Tensorboard;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class MetricsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-metrics-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Event_files_hold_every_value_in_records_with_right_checksums()
    {
        using (var log = new MetricsLog(_folder))
        {
            log.Begin(0);
            log.Add(Step(1, 2.5));
            log.Add(Step(2, 1.25));
            log.Add(new ValidationLoss(2, 1.5));
        }

        Event[] events = Events();

        Assert.AreEqual("brain.Event:2", events[0].FileVersion);
        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        Assert.IsTrue(events.All(entry => Math.Abs(entry.WallTime - now) < 3600));
        Assert.AreEqual(
            "1 loss/train 2.5, 1 optimizer/gradient norm 0.5, 1 optimizer/learning rate 0.001, 1 speed/tokens per second 200, 1 speed/share of peak 0.75, "
            + "2 loss/train 1.25, 2 optimizer/gradient norm 0.5, 2 optimizer/learning rate 0.001, 2 speed/tokens per second 200, 2 speed/share of peak 0.75, "
            + "2 loss/validation 1.5",
            string.Join(", ", events.Skip(1).Select(entry => FormattableString.Invariant($"{entry.Step} {entry.Summary.Value[0].Tag} {entry.Summary.Value[0].SimpleValue}"))));
        Assert.AreEqual("1 2.5 -, 2 1.25 -, 2 - 1.5", Lines());
    }

    [TestMethod]
    public void A_run_that_goes_on_takes_back_what_lies_behind_its_checkpoint()
    {
        using (var log = new MetricsLog(_folder))
        {
            log.Begin(0);
            for (int step = 1; step <= 5; step++)
            {
                log.Add(Step(step, 10 - step));
                log.Add(new ValidationLoss(step, 20 - step));
            }
        }

        // Killed while a line was written.
        string path = Path.Combine(_folder, MetricsLog.FileName);
        File.AppendAllText(path, """{"step":6,"ti""");
        using (var log = new MetricsLog(_folder))
        {
            log.Begin(3);
            log.Add(Step(4, 1));
        }

        Assert.AreEqual("1 9 -, 1 - 19, 2 8 -, 2 - 18, 3 7 -, 3 - 17, 4 1 -", Lines());
        Event[] losses = [.. Events().Skip(1).Where(entry => entry.Summary.Value[0].Tag == "loss/train")];
        CollectionAssert.AreEqual((long[])[1, 2, 3, 4], losses.Select(entry => entry.Step).ToArray());
        Assert.AreEqual(1f, losses[^1].Summary.Value[0].SimpleValue);
    }

    [TestMethod]
    public void A_worker_leaves_each_step_once_in_the_cache_and_says_what_it_needs_and_how_it_goes()
    {
        // Long enough that progress is told while it trains, and after a validation: once a second at most.
        var run = new WorkerRun(_folder, epochs: 20);

        string[] output = run.Run();

        string message = output.Single(line => line.StartsWith("@headline Test: training needs about ", StringComparison.Ordinal));
        StringAssert.Matches(message, new(@"^@headline Test: training needs about \d+\.\d GB of \d+\.\d GB; about \d+ (s|min) \(\d+ steps, (fp32|bf16) at \d+ GFLOP/s\)$"));
        StringAssert.Matches(string.Join('\n', output), new(@"@progress \S+ \S+ training, step \d+ of \d+, loss \d\.\d{3}, validation \d\.\d{3}, \d+ tokens/s, \d+ % of peak"));
        JsonElement[] lines = [.. File.ReadLines(Path.Combine(run.AdapterFolder, MetricsLog.FileName)).Select(line => JsonDocument.Parse(line).RootElement)];
        int[] steps = [.. lines.Where(line => line.TryGetProperty("loss", out _)).Select(line => line.GetProperty("step").GetInt32())];
        CollectionAssert.AreEqual(Enumerable.Range(1, steps.Length).ToArray(), steps);
        StringAssert.Contains(message, $"({steps.Length} steps,");
        Assert.IsTrue(lines.Any(line => line.TryGetProperty("validationLoss", out _)));
        Assert.HasCount(steps.Length, Events(run.AdapterFolder).Where(entry => entry.Summary?.Value[0].Tag == "loss/train"));
    }

    [TestMethod]
    public void A_training_that_will_not_fit_its_time_is_announced_with_what_is_cut()
    {
        var run = new WorkerRun(_folder, epochs: 1000, maxMinutes: 0.01);

        string[] output = run.Run();

        string warning = output.Single(line => line.Contains("EDGE2006", StringComparison.Ordinal));
        StringAssert.Matches(warning, new(@"warning EDGE2006: The training of 'Test' takes about \d+ (s|min) here, EdgeBuildMaxTrainingMinutes allows 0\.01: it will end after about \d+ of \d+ steps, \d+ % of the planned passes"));
    }

    [TestMethod]
    [DataRow("fixture")]
    [DataRow("SmolLM2")]
    public void The_memory_that_a_worker_takes_is_within_a_quarter_of_what_it_announces(string name)
    {
        var run = new WorkerRun(_folder, basePath: name == "fixture" ? null : RepositoryFiles.Model);

        string message = run.Run().Single(line => line.StartsWith("@headline Test: training needs about ", StringComparison.Ordinal));

        double announced = double.Parse(message.Split(' ')[5], CultureInfo.InvariantCulture);
        string fact = JsonDocument.Parse(File.ReadAllText(Path.Combine(run.AdapterFolder, "training.json"))).RootElement
            .GetProperty("Facts").GetProperty("Memory").GetString()!;
        double taken = double.Parse(fact.Split(' ')[0], CultureInfo.InvariantCulture);

        // The message is rounded to tenths.
        const double Rounding = 0.05;
        Assert.IsLessThan((1.25 * announced) + Rounding, taken, message);
        Assert.IsGreaterThan((0.75 * announced) - Rounding, taken, message);
    }

    private static TrainingStep Step(int step, double loss) => new(step, loss, 0.5, 0.001, 100, TimeSpan.FromSeconds(0.5), 0.75);

    private string Lines() => string.Join(", ", File.ReadLines(Path.Combine(_folder, MetricsLog.FileName))
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Select(line => string.Join(' ', ((string[])["step", "loss", "validationLoss"]).Select(name => line.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : "-"))));

    private Event[] Events(string? folder = null)
    {
        byte[] bytes = File.ReadAllBytes(Directory.GetFiles(folder ?? _folder, "events.out.tfevents.*").Single());
        var events = new List<Event>();
        for (int place = 0; place < bytes.Length;)
        {
            int length = checked((int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(place)));
            Assert.AreEqual(Masked(bytes.AsSpan(place, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(place + 8)));
            ReadOnlySpan<byte> data = bytes.AsSpan(place + 12, length);
            Assert.AreEqual(Masked(data), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(place + 12 + length)));

            // TorchSharp's messages are older than parsing from spans.
            using var input = new CodedInputStream(data.ToArray());
            events.Add(Event.Parser.ParseFrom(input));
            place += length + 16;
        }

        return [.. events];
    }

    /// <summary>CRC-32C bit by bit (polynomial 0x1EDC6F41, reflected), masked as TFRecord defines it.</summary>
    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        uint checksum = ~0u;
        foreach (byte value in bytes)
        {
            checksum ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                checksum = (checksum >> 1) ^ ((checksum & 1) * 0x82F63B78);
            }
        }

        checksum = ~checksum;
        return ((checksum >> 15) | (checksum << 17)) + 0xA282EAD8;
    }
}
