using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training.Tests;

/// <summary>What goes wrong, and the code that says so.</summary>
[TestClass]
public sealed class ErrorTests
{
    [TestMethod]
    public void An_unknown_architecture_cannot_be_trained()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        Rewrite(Fixture.Open("llama3"), path, (source, writer) => writer.Set("general.architecture", "mamba"));

        EdgeBuildException exception = Assert.Throws<EdgeBuildException>(() => BaseModel.Load(path));

        Assert.AreEqual(ErrorCodes.UnsupportedArchitecture, exception.Code);
        Assert.Contains("mamba", exception.Message);
        Assert.Contains("llama, qwen2, qwen3, gemma3, phi3", exception.Message);
    }

    [TestMethod]
    public void Fused_weights_of_an_architecture_that_is_trained_with_separate_ones_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        string[] separate = ["blk.0.attn_q.weight", "blk.0.attn_k.weight", "blk.0.attn_v.weight"];
        Rewrite(Fixture.Open("qwen2"), path, (source, writer) =>
        {
            GgufTensor[] parts = [.. separate.Select(source.GetTensor)];
            writer.AddTensor("blk.0.attn_qkv.weight", [parts[0].RowLength, parts.Sum(part => part.RowCount)], parts.SelectMany(part => part.Dequantize()).ToArray());
        }, separate);

        EdgeBuildException exception = Assert.Throws<EdgeBuildException>(() => BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu));

        Assert.AreEqual(ErrorCodes.UnsupportedArchitecture, exception.Code);
        Assert.Contains("blk.0.attn_q.weight", exception.Message);
        Assert.Contains("blk.0.attn_qkv.weight", exception.Message);
        Assert.Contains("phi3", exception.Message);
    }

    [TestMethod]
    public void Separate_weights_of_phi_are_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        Rewrite(Fixture.Open("phi3"), path, (source, writer) =>
        {
            GgufTensor fused = source.GetTensor("blk.2.attn_qkv.weight");
            int width = (int)fused.RowLength;
            float[] values = fused.Dequantize();
            int row = 0;
            foreach ((string name, int rows) in ((string, int)[])[("attn_q", 128), ("attn_k", 64), ("attn_v", 64)])
            {
                writer.AddTensor($"blk.2.{name}.weight", [width, rows], values.AsSpan(row * width, rows * width).ToArray());
                row += rows;
            }
        }, "blk.2.attn_qkv.weight");

        EdgeBuildException exception = Assert.Throws<EdgeBuildException>(() => BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu));

        Assert.AreEqual(ErrorCodes.UnsupportedArchitecture, exception.Code);
        Assert.Contains("blk.2.attn_qkv.weight", exception.Message);
    }

    [TestMethod]
    public void A_row_that_needs_the_long_factors_of_phi_is_refused()
    {
        using var training = new Trainings("phi3") { Rows = [new(new int[256], [1, 2])] };
        Assert.AreEqual(256, training.Model.Configuration.ContextLength);

        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => training.Run());

        Assert.AreEqual(ErrorCodes.ContextExceeded, exception.Code);
        Assert.Contains("256", exception.Message);
    }

    [TestMethod]
    [DataRow("blk.1.ffn_up.weight")]
    [DataRow("blk.0.attn_norm.weight")]
    [DataRow("output_norm.weight")]
    public void A_missing_tensor_is_named(string tensor)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        Rewrite(Fixture.Open("smollm2"), path, change: null, tensor);

        EdgeBuildException exception = Assert.Throws<EdgeBuildException>(() => BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu));

        Assert.AreEqual(ErrorCodes.InvalidGguf, exception.Code);
        Assert.Contains(tensor, exception.Message);
    }

    [TestMethod]
    [DataRow("smollm2", "llama.rope.scaling.type", "yarn")]
    [DataRow("llama3", "llama.rope.scaling.type", "longrope")]
    [DataRow("qwen2", "qwen2.rope.scaling.type", "yarn")]
    public void A_rope_scaling_that_the_trainer_does_not_compute_is_refused(string name, string key, string value)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        Rewrite(Fixture.Open(name), path, (source, writer) => writer.Set(key, value));

        EdgeBuildException exception = Assert.Throws<EdgeBuildException>(() => BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu));

        Assert.AreEqual(ErrorCodes.UnsupportedArchitecture, exception.Code);
        Assert.Contains(value, exception.Message);
    }

    [TestMethod]
    public void A_damaged_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        File.WriteAllBytes(path, File.ReadAllBytes(Fixture.Open("smollm2").File("base.gguf"))[..5000]);

        Assert.AreEqual(ErrorCodes.InvalidGguf, Assert.Throws<EdgeBuildException>(() => BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu)).Code);
    }

    [TestMethod]
    public void A_loss_that_is_not_a_number_ends_the_run()
    {
        using var training = new Trainings();
        using LoraAdapter start = LoraAdapter.Create(training.Model, 4, 8, 1);
        LoraSlot slot = start.Layout.Slots[3];
        start.SetB(slot, [.. Enumerable.Repeat(float.NaN, slot.LengthB)]);

        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => new LoraTrainer(training.Model, start, training.Recipe).Run(training.Rows, []));

        Assert.AreEqual(ErrorCodes.TrainingFailed, exception.Code);
        Assert.Contains("step 1", exception.Message);
    }

    [TestMethod]
    public void A_validation_loss_that_is_not_a_number_ends_the_run()
    {
        // An embedding that is damaged for a token that only the validation rows have.
        const int Token = 450;
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        Fixture fixture = Fixture.Open("smollm2");
        Rewrite(fixture, path, (source, writer) =>
        {
            GgufTensor embedding = source.GetTensor("token_embd.weight");
            float[] values = embedding.Dequantize();
            writer.AddTensor("output.weight", [.. embedding.Shape], values.ToArray());
            values.AsSpan(Token * (int)embedding.RowLength, (int)embedding.RowLength).Fill(float.NaN);
            writer.AddTensor("token_embd.weight", [.. embedding.Shape], values);
        }, "token_embd.weight");
        using BaseModel model = BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu);
        using LoraAdapter start = LoraAdapter.ReadGguf(fixture.File("adapter_random.gguf"), model);
        var trainer = new LoraTrainer(model, start, fixture.Recipe());
        TrainingExample[] validation = [new([1, Token], [2])];
        Assert.IsFalse(double.IsFinite(trainer.Loss(validation)));

        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => trainer.Run(Scenarios.Task(4, 1), validation));

        Assert.AreEqual(ErrorCodes.TrainingFailed, exception.Code);
    }

    [TestMethod]
    public void Rows_that_cannot_be_trained_are_refused()
    {
        using var training = new Trainings();
        int context = training.Model.Configuration.ContextLength;

        Assert.AreEqual(ErrorCodes.TooFewRows, Assert.ThrowsExactly<EdgeBuildException>(() => Run([])).Code);
        Assert.AreEqual(ErrorCodes.ContextExceeded, Assert.ThrowsExactly<EdgeBuildException>(() => Run([new(new int[context], [1, 2])])).Code);
        Assert.ThrowsExactly<ArgumentException>(() => Run([new([], [1])]));
        Assert.ThrowsExactly<ArgumentException>(() => Run([new([1], [])]));
        Assert.ThrowsExactly<ArgumentException>(() => Run([new([1], [training.Model.Configuration.VocabularySize])]));
        Assert.ThrowsExactly<ArgumentException>(() => Run([new([-1], [1])]));
        Assert.ThrowsExactly<ArgumentException>(() => Run([new([1], [1, 2], [1])]));
        Assert.ThrowsExactly<ArgumentException>(() => Run([new([1], [1], [-1])]));
        Assert.ThrowsExactly<ArgumentException>(() => Run([new([1], [1], [float.NaN])]));

        void Run(TrainingExample[] rows)
        {
            using var other = new Trainings { Rows = rows };
            Trainings.ValuesOf(other.Run());
        }
    }

    [TestMethod]
    public void Settings_out_of_range_are_refused_by_their_names()
    {
        var recipe = new TrainingRecipe();
        recipe.Validate();
        foreach ((string name, TrainingRecipe wrong) in ((string, TrainingRecipe)[])
        [
            ("Rank", recipe with { Rank = 0 }),
            ("Alpha", recipe with { Alpha = double.PositiveInfinity }),
            ("LearningRate", recipe with { LearningRate = double.NaN }),
            ("BatchSize", recipe with { BatchSize = 0 }),
            ("Epochs", recipe with { Epochs = 0 }),
            ("WarmupRatio", recipe with { WarmupRatio = 1 }),
            ("FinalLearningRateRatio", recipe with { FinalLearningRateRatio = 1.1 }),
            ("WeightDecay", recipe with { WeightDecay = -0.1 }),
            ("ClipNorm", recipe with { ClipNorm = -1 }),
            ("LoraPlusRatio", recipe with { LoraPlusRatio = 0 }),
            ("ComputeType", recipe with { ComputeType = (ComputeType)9 }),
            ("Patience", recipe with { Patience = -1 }),
            ("ValidationsPerEpoch", recipe with { ValidationsPerEpoch = 0 }),
            ("TargetModules", recipe with { TargetModules = [] }),
            ("MaxDuration", recipe with { MaxDuration = TimeSpan.Zero }),
        ])
        {
            EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(wrong.Validate);
            Assert.AreEqual(ErrorCodes.InvalidRecipe, exception.Code);
            Assert.StartsWith(name + " ", exception.Message);
        }
    }

    [TestMethod]
    public void An_unknown_target_module_is_refused_with_the_known_ones()
    {
        using BaseModel model = Fixture.Open("smollm2").Load();

        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => LoraAdapter.Create(model, 4, 8, 1, ["q_proj", "qkv_proj"]));

        Assert.AreEqual(ErrorCodes.InvalidRecipe, exception.Code);
        Assert.Contains("qkv_proj", exception.Message);
        Assert.Contains("o_proj", exception.Message);
    }

    /// <summary>Writes a changed copy of a base model.</summary>
    private static void Rewrite(Fixture fixture, string path, Action<GgufFile, GgufWriter>? change = null, params string[] without)
    {
        using GgufFile source = GgufFile.Open(fixture.File("base.gguf"));
        using var writer = new GgufWriter(source);
        foreach (GgufTensor tensor in source.Tensors.Where(tensor => !without.Contains(tensor.Name)))
        {
            writer.AddTensor(tensor);
        }

        change?.Invoke(source, writer);
        writer.Write(path);
    }
}
