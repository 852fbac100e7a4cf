using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training.Tests;

/// <summary>Label heads: gradients, training, files.</summary>
[TestClass]
public sealed class LabelHeadTests
{
    private static readonly LabelHead[] _heads =
    [
        new("triage/category", [[5, 6], [7], [8, 9, 10]]),
        new("triage/urgent", [[11], [12]]),
    ];

    [TestMethod]
    [DataRow("llama3", 1.0)]
    [DataRow("gemma3", 0.3)]
    [DataRow("phi3", 0.3)]
    public void Heads_and_layers_have_the_gradients_of_autograd(string name, double tokenLossWeight)
    {
        using var folder = new TemporaryFolder();
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = RandomAdapter(model);
        string file = Path.Combine(folder.Path, "adapter.gguf");
        adapter.WriteGguf(file);
        TrainingExample[] rows = Rows();
        using DisposeScope scope = NewDisposeScope();
        var oracle = new OracleModel(fixture.File("base.gguf"), file);
        double expectedLoss = oracle.Train(rows, tokenLossWeight);

        StepGradient whole = StepGradient.Of(model, adapter, rows, tokenLossWeight: tokenLossWeight);
        StepGradient parts = StepGradient.Of(model, adapter, rows, mostTokens: 10, tokenLossWeight: tokenLossWeight);

        Assert.AreEqual(expectedLoss, whole.Loss, 1e-6 * expectedLoss);
        parts.AssertEqual(whole, 1e-5);
        long first = adapter.Layout.Length;
        for (int head = 0; head < _heads.Length; head++)
        {
            (Tensor weight, Tensor bias) = oracle.LabelHeads[head];
            float[] exact = cat([weight.grad!.flatten(), bias.grad!]).to(ScalarType.Float32).data<float>().ToArray();
            Assert.IsLessThan(1e-5, Compare.RelativeError(whole.Values.AsSpan((int)first, exact.Length), exact), _heads[head].Name);
            first += exact.Length;
        }

        foreach (LoraSlot slot in adapter.Layout.Slots)
        {
            float[] exact = oracle.Adapter[slot.Part.TensorName].A.grad!.to(ScalarType.Float32).data<float>().ToArray();
            Assert.IsLessThan(1e-5, Compare.RelativeError(whole.Values.AsSpan((int)slot.FirstA, slot.LengthA), exact), slot.Part.TensorName);
        }
    }

    [TestMethod]
    public void A_head_starts_with_what_the_words_of_its_labels_mean()
    {
        Fixture fixture = Fixture.Open("smollm2");
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = LoraAdapter.Create(model, 4, 8, 1, heads: _heads);
        using DisposeScope scope = NewDisposeScope();
        (Tensor weight, Tensor bias) = adapter.HeadViews(adapter.Parameters, 0);

        Tensor words = stack([.. _heads[0].LabelTokens.Select(tokens => model.Head.index_select(0, tensor(tokens.Select(token => (long)token).ToArray())).mean([0L]))]);

        Assert.IsLessThan(1e-6f, weight.sub(words.sub(words.mean([0L]))).abs().max().item<float>());
        Assert.AreEqual(0f, bias.abs().max().item<float>());
    }

    [TestMethod]
    public void Files_keep_heads_bit_for_bit()
    {
        using var folder = new TemporaryFolder();
        Fixture fixture = Fixture.Open("qwen3");
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = RandomAdapter(model);
        string file = Path.Combine(folder.Path, "adapter.gguf");
        adapter.WriteGguf(file);

        using LoraAdapter read = LoraAdapter.ReadGguf(file, model);

        CollectionAssert.AreEqual(_heads.Select(head => (head.Name, head.LabelCount)).ToArray(), read.Heads.Select(head => (head.Name, head.LabelCount)).ToArray());
        CollectionAssert.AreEqual(adapter.ToArray(), read.ToArray());
    }

    [TestMethod]
    [DataRow(ComputeType.Float32)]
    [DataRow(ComputeType.BFloat16)]
    public void A_trained_head_tells_labels_apart(ComputeType type)
    {
        Fixture fixture = Fixture.Open("smollm2");
        using BaseModel model = BaseModel.Load(fixture.File("base.gguf"), type, TrainingDevice.Cpu);
        using LoraAdapter start = LoraAdapter.Create(model, 4, 8, 1, heads: _heads);
        TrainingExample[] rows = Rows()[..3];
        var recipe = new TrainingRecipe { Rank = 4, Alpha = 8, LearningRate = 5e-3, Epochs = 30, BatchSize = 3, TokenLossWeight = 0, ComputeType = type };

        TrainingResult result = new LoraTrainer(model, start, recipe).Run(rows, rows);

        using (result.Adapter)
        {
            Assert.IsLessThan(0.1 * result.Losses[0], result.BestValidationLoss!.Value);
            Assert.AreNotEqual(0f, result.Adapter.GetHead(1)[^1], "The bias moved.");
        }
    }

    [TestMethod]
    public void A_row_without_weight_teaches_a_head_nothing()
    {
        Fixture fixture = Fixture.Open("smollm2");
        using BaseModel model = fixture.Load();
        using LoraAdapter adapter = RandomAdapter(model);
        TrainingExample[] rows = Rows();
        TrainingExample silent = rows[0] with { PromptTokens = [1, 2, 3], CompletionWeights = new float[rows[0].CompletionTokens.Length] };

        StepGradient.Of(model, adapter, [.. rows, silent]).AssertEqual(StepGradient.Of(model, adapter, rows), 1e-5);
    }

    private static LoraAdapter RandomAdapter(BaseModel model)
    {
        LoraAdapter adapter = LoraAdapter.Create(model, 4, 8, 1, heads: _heads);
        using Generator generator = new(3);
        using Tensor noise = randn(adapter.Parameters.numel(), generator: generator);
        adapter.Parameters.add_(noise, alpha: 0.05);
        return adapter;
    }

    /// <summary>Rows of one prompt; of two the texts are equal and the answers are not, so that they share the row that a head reads.</summary>
    private static TrainingExample[] Rows() =>
    [
        new([1, 40, 41, 42, 43], [20, 5, 6, 21, 11], [0.1f, 1, 1, 0.1f, 1], [new(0, 1, 0), new(1, 4, 0)]),
        new([1, 40, 41, 50, 51, 52, 43], [20, 7, 21, 12], [0.1f, 1, 0.1f, 1], [new(0, 1, 1), new(1, 3, 1)]),
        new([1, 40, 41, 60, 43], [20, 8, 9, 10, 21, 12], [0.2f, 2, 2, 2, 0.2f, 2], [new(0, 1, 2), new(1, 5, 1)]),
        new([1, 40, 41, 60, 43], [20, 7, 21, 12], [0.1f, 1, 0.1f, 1], [new(0, 1, 1), new(1, 3, 1)]),
    ];
}
