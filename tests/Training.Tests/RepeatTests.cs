using System.Runtime.InteropServices;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training.Tests;

/// <summary>The same training twice.</summary>
[TestClass]
public sealed class RepeatTests
{
    [TestMethod]
    [DataRow("llama3", ComputeType.Float32, 1)]
    [DataRow("smollm2", ComputeType.Float32, 2)]
    [DataRow("smollm2", ComputeType.BFloat16, 2)]
    public void The_same_seed_and_threads_give_the_same_adapter_byte_for_byte(string name, ComputeType type, int threads)
    {
        using var threadCount = new ThreadCount(threads);
        using var folder = new TemporaryFolder();
        foreach (string file in (string[])["first", "second"])
        {
            using var training = new Trainings(name, type);
            using LoraAdapter adapter = training.Run().Adapter;
            adapter.WriteGguf(folder.File($"{file}.gguf"));
            adapter.WritePeft(folder.File(file), "base");
        }

        Assert.AreEqual(FileHash.Sha256(folder.File("first.gguf")), FileHash.Sha256(folder.File("second.gguf")));
        foreach (string file in Directory.GetFiles(folder.File("first")).Select(path => Path.GetFileName(path)))
        {
            CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(folder.File("first"), file)), File.ReadAllBytes(Path.Combine(folder.File("second"), file)));
        }
    }

    [TestMethod]
    public void Another_seed_gives_another_adapter()
    {
        using var training = new Trainings();
        using var otherOrder = new Trainings { Recipe = training.Recipe with { Seed = training.Recipe.Seed + 1 } };
        using var otherStart = new Trainings { AdapterSeed = training.AdapterSeed + 1 };

        float[] adapter = training.Adapter();

        Assert.IsGreaterThan(1e-3, Compare.RelativeError(otherOrder.Adapter(), adapter));
        Assert.IsGreaterThan(1e-3, Compare.RelativeError(otherStart.Adapter(), adapter));
    }

    [TestMethod]
    public void A_fresh_adapter_depends_on_its_seed_only()
    {
        using BaseModel model = Fixture.Open("llama3").Load();
        using LoraAdapter first = LoraAdapter.Create(model, 4, 8, seed: 5);
        using LoraAdapter second = LoraAdapter.Create(model, 4, 8, seed: 5);
        using LoraAdapter other = LoraAdapter.Create(model, 4, 8, seed: 6);

        Assert.IsTrue(Bytes(first).SequenceEqual(Bytes(second)));
        Assert.IsFalse(Bytes(first).SequenceEqual(Bytes(other)));
        foreach (LoraSlot slot in first.Layout.Slots)
        {
            float bound = 1 / MathF.Sqrt(slot.Part.InputLength);
            float[] a = first.GetA(slot);
            Assert.IsLessThanOrEqualTo(bound, a.Max(MathF.Abs));
            Assert.IsGreaterThan(0.9f * bound, a.Max(MathF.Abs));
            Assert.IsTrue(first.GetB(slot).All(value => value == 0));
        }

        static ReadOnlySpan<byte> Bytes(LoraAdapter adapter) => MemoryMarshal.AsBytes(adapter.ToArray().AsSpan());
    }

    [TestMethod]
    public void The_start_adapter_is_not_changed()
    {
        using var training = new Trainings();
        using LoraAdapter start = LoraAdapter.Create(training.Model, 4, 8, 1);
        float[] before = start.ToArray();

        using LoraAdapter trained = new LoraTrainer(training.Model, start, training.Recipe).Run(training.Rows, []).Adapter;

        CollectionAssert.AreEqual(before, start.ToArray());
        CollectionAssert.AreNotEqual(before, trained.ToArray());
    }
}
