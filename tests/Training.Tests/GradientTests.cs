using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training.Tests;

/// <summary>The hand-written backward step, for rows of every kind.</summary>
[TestClass]
public sealed class GradientTests
{
    [TestMethod]
    [DynamicData(nameof(Scenarios.WithModels), typeof(Scenarios))]
    public void Every_matrix_has_the_gradient_of_autograd(string name, string scenario)
    {
        Fixture fixture = Fixture.Open(name);
        TrainingExample[] rows = Scenarios.Rows(scenario, fixture);
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), model);
        using DisposeScope scope = NewDisposeScope();
        var oracle = new OracleModel(fixture.File("base.gguf"), fixture.File("adapter_random.gguf"));
        double expectedLoss = oracle.Train(rows);

        StepGradient actual = StepGradient.Of(model, adapter, rows);

        Assert.AreEqual(expectedLoss, actual.Loss, 1e-6 * expectedLoss);
        Assert.HasCount(oracle.Adapter.Count, adapter.Layout.Slots);
        foreach (LoraSlot slot in adapter.Layout.Slots)
        {
            (Tensor a, Tensor b) = oracle.Adapter[slot.Part.TensorName];
            AssertEqual(a.grad!, actual.Values.AsSpan((int)slot.FirstA, slot.LengthA), slot.Part.TensorName + " A");
            AssertEqual(b.grad!.t().contiguous(), actual.Values.AsSpan((int)slot.FirstB, slot.LengthB), slot.Part.TensorName + " B");
        }

        void AssertEqual(Tensor expected, ReadOnlySpan<float> values, string matrix)
        {
            float[] exact = expected.to(ScalarType.Float32).data<float>().ToArray();
            if (scenario == Scenarios.SingleTokens && (matrix.Contains("attn_q.", StringComparison.Ordinal) || matrix.Contains("attn_k.", StringComparison.Ordinal)))
            {
                // Attention to a single key has weight 1 whatever the query is.
                Assert.IsLessThan(1e-6, Compare.LargestDifference(values, exact), matrix);
                return;
            }

            Assert.IsGreaterThan(0, exact.Max(MathF.Abs), matrix);
            Assert.IsLessThan(1e-5, Compare.RelativeError(values, exact), matrix);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Scenarios.WithModels), typeof(Scenarios))]
    public void A_shared_prefix_changes_nothing(string name, string scenario)
    {
        Fixture fixture = Fixture.Open(name);
        TrainingExample[] rows = Scenarios.Rows(scenario, fixture);
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), model);

        StepGradient shared = StepGradient.Of(model, adapter, rows);
        StepGradient apart = StepGradient.Of(model, adapter, rows, sharePrefix: false);

        shared.AssertEqual(apart, 1e-5);
    }

    [TestMethod]
    [DynamicData(nameof(Scenarios.WithModels), typeof(Scenarios))]
    public void A_split_step_is_the_same_step(string name, string scenario)
    {
        Fixture fixture = Fixture.Open(name);
        TrainingExample[] rows = Scenarios.Rows(scenario, fixture);
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), model);

        StepGradient whole = StepGradient.Of(model, adapter, rows);

        // One token at most: every row is longer and gets a pass of its own.
        StepGradient.Of(model, adapter, rows, mostTokens: 1).AssertEqual(whole, 1e-5);
        StepGradient.Of(model, adapter, rows, mostTokens: 80).AssertEqual(whole, 1e-5);
    }

    [TestMethod]
    [DynamicData(nameof(Scenarios.WithModels), typeof(Scenarios))]
    public void Both_families_of_kernels_agree(string name, string scenario)
    {
        Fixture fixture = Fixture.Open(name);
        TrainingExample[] rows = Scenarios.Rows(scenario, fixture);
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), model);

        StepGradient processor = StepGradient.Of(model, adapter, rows, kernels: new ProcessorKernels<SingleElement>());
        StepGradient tensors = StepGradient.Of(model, adapter, rows, kernels: new TensorKernels());

        processor.AssertEqual(tensors, 1e-5);
    }

    [TestMethod]
    [DynamicData(nameof(Fixture.All), typeof(Fixture))]
    public void Training_with_a_shared_prefix_ends_at_the_same_adapter(string name)
    {
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();
        TrainingExample[] rows = Scenarios.Rows(Scenarios.LongPrefix, fixture);

        float[] shared = Train(sharePrefix: true);
        float[] apart = Train(sharePrefix: false);

        Assert.IsLessThan(1e-5, Compare.RelativeError(shared, apart));

        float[] Train(bool sharePrefix)
        {
            using IDisposable noGradient = no_grad();
            using LoraAdapter adapter = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), model);
            using var state = new LoraState(model, adapter, training: true);
            using var pass = new TransformerPass(model, state, keepActivations: true);
            using var optimizer = new AdamOptimizer(adapter.Parameters, adapter.Layout.LengthA);
            for (int step = 0; step < 8; step++)
            {
                StepGradient.Of(state, pass, rows, sharePrefix);
                optimizer.Step(state.Gradient!, 1, 1e-3, 1e-3, 0.01);
                state.Refresh();
            }

            return adapter.ToArray();
        }
    }
}
