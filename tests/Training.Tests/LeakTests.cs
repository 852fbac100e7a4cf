using EdgeBuild.Contracts;
using TorchSharp;

namespace EdgeBuild.Training.Tests;

/// <summary>Tensors are native memory: all of a run are given back at once, not when the garbage collector comes by.</summary>
[TestClass]
public sealed class LeakTests
{
    [TestMethod]
    [DataRow(ComputeType.Float32)]
    [DataRow(ComputeType.BFloat16)]
    public void A_run_leaves_no_tensor(ComputeType type) => AssertNoTensorIsLeft(() =>
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings(type: type);
        var checkpoints = new CheckpointStore(folder.Path, "key", TimeSpan.Zero);
        training.CancelAfter(3, checkpoints);
        Trainings.ValuesOf(training.Run(checkpoints));
    });

    [TestMethod]
    public void The_length_of_a_run_does_not_matter()
    {
        using var training = new Trainings();
        long tensors = 0;
        var counts = new List<long>();
        training.Run(progress: new StepObserver(_ => counts.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount))).Adapter.Dispose();

        // After the first epoch every buffer has been made.
        tensors = counts[counts.Count / 2];
        Assert.IsTrue(counts[(counts.Count / 2)..].All(count => count <= tensors));
    }

    [TestMethod]
    public void Files_logits_and_losses_leave_no_tensor() => AssertNoTensorIsLeft(() =>
    {
        using var folder = new TemporaryFolder();
        Fixture fixture = Fixture.Open("llama3");
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.ReadPeft(fixture.File("adapter_random"), model);
        using LoraAdapter copy = adapter.Clone();
        model.Logits(fixture.Tokens, adapter);
        model.Logits(fixture.Tokens);
        new LoraTrainer(model, adapter, fixture.Recipe()).Loss(fixture.Examples);
        adapter.WriteGguf(folder.File("adapter.gguf"));
        adapter.WritePeft(folder.File("peft"), "base");
        StepGradient.Of(model, adapter, fixture.Examples, kernels: new TensorKernels());
    });

    [TestMethod]
    public void A_failed_run_leaves_no_tensor() => AssertNoTensorIsLeft(() =>
    {
        using var training = new Trainings();
        using LoraAdapter start = LoraAdapter.Create(training.Model, 4, 8, 1);
        LoraSlot slot = start.Layout.Slots[0];
        start.SetB(slot, [.. Enumerable.Repeat(float.NaN, slot.LengthB)]);
        Assert.ThrowsExactly<EdgeBuildException>(() => new LoraTrainer(training.Model, start, training.Recipe).Run(training.Rows, training.Validation));
    });

    [TestMethod]
    public void A_load_that_fails_or_is_cancelled_leaves_no_tensor() => AssertNoTensorIsLeft(() =>
    {
        using var folder = new TemporaryFolder();
        Fixture fixture = Fixture.Open("llama3");
        Assert.Throws<OperationCanceledException>(() => BaseModel.Load(fixture.File("base.gguf"), ComputeType.Float32, TrainingDevice.Cpu, new CancellationToken(canceled: true)));
        using BaseModel model = fixture.Load();
        Assert.ThrowsExactly<EdgeBuildException>(() => LoraAdapter.ReadPeft(Fixture.Open("smollm2").File("adapter_random"), model));
    });

    private static void AssertNoTensorIsLeft(Action action)
    {
        // Once before counting: libtorch's binding keeps some tensors of its own.
        action();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        action();
        Assert.AreEqual(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
