using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training.Tests;

/// <summary>The trainer and llama.cpp compute the same model from the same file.</summary>
[TestClass]
public sealed class LlamaCppTests
{
    public static IEnumerable<object[]> Quantizations => Fixture.Names.SelectMany(name => ((string[])["Q8_0", "Q4_0", "Q4_1", "Q5_0", "F16", "BF16"]).Select(type => new object[] { name, type }));

    [TestMethod]
    [DynamicData(nameof(Fixture.All), typeof(Fixture))]
    public void The_base_model_has_the_logits_of_llama_cpp(string name)
    {
        Fixture fixture = Fixture.Open(name);
        using BaseModel model = fixture.Load();

        AssertEqual(fixture, LlamaCppLogits.Of(fixture.File("base.gguf"), fixture.Tokens), model.Logits(fixture.Tokens));
    }

    /// <summary>Keys by which models of an architecture differ, on a fixture whose weights are as good for any value of them.</summary>
    [TestMethod]
    [DataRow("gemma3", "attention.sliding_window", 5u)]
    [DataRow("gemma3", "attention.sliding_window", 0u)]
    [DataRow("gemma3", "attention.sliding_window_pattern", 2u)]
    [DataRow("gemma3", "attention.sliding_window_pattern", 3u)]
    [DataRow("gemma3", "rope.freq_base_swa", 500f)]
    [DataRow("gemma3", "rope.scaling.factor", 8f)]
    [DataRow("qwen2", "rope.scaling.factor", 4f)]
    [DataRow("qwen2", "rope.freq_base", 500f)]
    [DataRow("llama3", "attention.scale", 0.3f)]
    [DataRow("phi3", "rope.dimension_count", 24u)]
    [DataRow("phi3", "rope.scaling.attn_factor", 1.5f)]
    [DataRow("phi3", "attention.sliding_window", 4u)]
    [DataRow("phi3", "rope.scaling.type", "longrope")]
    [DataRow("phi3", "rope.scaling.type", "none")]
    public void A_model_with_another_constant_has_the_logits_of_llama_cpp(string name, string key, object value)
    {
        Fixture fixture = Fixture.Open(name);
        using var folder = new TemporaryFolder();
        string path = folder.File("changed.gguf");
        using (GgufFile source = GgufFile.Open(fixture.File("base.gguf")))
        using (var writer = new GgufWriter(source))
        {
            string fullKey = $"{source.Architecture}.{key}";
            switch (value)
            {
                case uint number: writer.Set(fullKey, number); break;
                case float number: writer.Set(fullKey, number); break;
                default: writer.Set(fullKey, (string)value); break;
            }

            foreach (GgufTensor tensor in source.Tensors)
            {
                writer.AddTensor(tensor);
            }

            writer.Write(path);
        }

        using BaseModel model = BaseModel.Load(path, ComputeType.Float32, TrainingDevice.Cpu);

        AssertEqual(fixture, LlamaCppLogits.Of(path, fixture.Tokens), model.Logits(fixture.Tokens));
    }

    [TestMethod]
    [DynamicData(nameof(Fixture.All), typeof(Fixture))]
    public void An_adapter_that_was_trained_and_exported_has_the_logits_of_llama_cpp(string name)
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings(name);
        using LoraAdapter adapter = training.Run().Adapter;
        adapter.WriteGguf(folder.File("adapter.gguf"));
        float[,] logits = training.Model.Logits(training.Fixture.Tokens, adapter);

        AssertEqual(training.Fixture, LlamaCppLogits.Of(training.Fixture.File("base.gguf"), training.Fixture.Tokens, folder.File("adapter.gguf")), logits);
        Assert.IsGreaterThan(0.1, Compare.LargestDifference(Compare.Flat(logits), Compare.Flat(training.Model.Logits(training.Fixture.Tokens))));
    }

    [TestMethod]
    [DataRow("llama3", "k_proj,v_proj,down_proj")]
    [DataRow("gemma3", "q_proj,up_proj")]
    [DataRow("phi3", "qkv_proj,down_proj")]
    [DataRow("phi3", "gate_up_proj,o_proj")]
    public void An_adapter_of_some_modules_has_the_logits_of_llama_cpp(string name, string modules)
    {
        using var folder = new TemporaryFolder();
        using var training = new Trainings(name);
        training.Recipe = training.Recipe with { TargetModules = modules.Split(',') };
        using LoraAdapter adapter = training.Run().Adapter;
        adapter.WriteGguf(folder.File("adapter.gguf"));

        AssertEqual(
            training.Fixture,
            LlamaCppLogits.Of(training.Fixture.File("base.gguf"), training.Fixture.Tokens, folder.File("adapter.gguf")),
            training.Model.Logits(training.Fixture.Tokens, adapter));
    }

    /// <summary>
    /// llama.cpp's quantizer turns the file back into 32-bit floats itself, so that its products round nothing: what is left is whether both read the
    /// same weights from the blocks.
    /// </summary>
    [TestMethod]
    [DynamicData(nameof(Quantizations))]
    public void A_quantized_base_is_trained_with_the_weights_that_llama_cpp_reads_from_it(string name, string type)
    {
        Fixture fixture = Fixture.Open(name);
        using var folder = new TemporaryFolder();
        string quantized = Quantize(fixture, folder, type);
        ModelQuantizer.Quantize(quantized, folder.File("exact.gguf"), "F32", new ModelQuantizationOptions { AllowRequantize = true });
        using BaseModel model = BaseModel.Load(quantized, ComputeType.Float32, TrainingDevice.Cpu);

        float[,] logits = model.Logits(fixture.Tokens);

        AssertEqual(fixture, LlamaCppLogits.Of(folder.File("exact.gguf"), fixture.Tokens), logits);
    }

    /// <summary>Types with blocks of 256 values need wider rows than the fixtures have.</summary>
    [TestMethod]
    [DataRow("Q4_K")]
    [DataRow("Q6_K")]
    [DataRow("IQ4_XS")]
    public void A_base_of_wide_blocks_is_trained_with_the_weights_that_llama_cpp_reads_from_it(string type)
    {
        Fixture fixture = Fixture.Open("qwen2");
        using var folder = new TemporaryFolder();
        WideModel.Write(fixture, folder.File("wide.gguf"), factor: 4);
        string quantized = folder.File("quantized.gguf");
        IReadOnlyDictionary<string, GgmlType> types =
            ModelQuantizer.Quantize(folder.File("wide.gguf"), quantized, type == "Q4_K" ? "Q4_K_M" : type, new ModelQuantizationOptions { Pure = true });
        Assert.AreEqual(type, GgmlTypes.Name(types["blk.0.ffn_down.weight"]), ignoreCase: true);
        ModelQuantizer.Quantize(quantized, folder.File("exact.gguf"), "F32", new ModelQuantizationOptions { AllowRequantize = true });
        using BaseModel model = BaseModel.Load(quantized, ComputeType.Float32, TrainingDevice.Cpu);
        using BaseModel unquantized = BaseModel.Load(folder.File("wide.gguf"), ComputeType.Float32, TrainingDevice.Cpu);

        float[,] logits = model.Logits(fixture.Tokens);

        AssertEqual(fixture, LlamaCppLogits.Of(folder.File("exact.gguf"), fixture.Tokens), logits);
        Assert.IsGreaterThan(0.01, Compare.LargestDifference(Compare.Flat(logits), Compare.Flat(unquantized.Logits(fixture.Tokens))));
    }

    /// <summary>
    /// On the quantized file itself llama.cpp also rounds the input of every product: to blocks of 32 with 8 bits (Q8_0, Q8_1), or to 16-bit floats.
    /// 8 bits give each value an error of at most 1/254 of the block's largest, uniformly distributed: about 1/254/√3 · 2.3 (the largest of 32 normal
    /// values over their deviation) = 0.5 % of a typical value, and as much for the product, since errors and values add up alike. A block has four
    /// rounded inputs in a row; over 3 to 7 blocks independent errors of 0.5 % make √(4 · 7) · 0.5 % = 2.8 %. The residual stream dilutes them.
    /// 16-bit floats have 11 bits: 2⁻¹² / √3 · √28 = 0.08 %.
    /// </summary>
    [TestMethod]
    [DataRow("llama3", "Q8_0", 0.03)]
    [DataRow("smollm2", "Q8_0", 0.03)]
    [DataRow("llama3", "Q4_0", 0.03)]
    [DataRow("smollm2", "Q4_0", 0.03)]
    [DataRow("llama3", "Q4_1", 0.03)]
    [DataRow("smollm2", "Q4_1", 0.03)]
    [DataRow("llama3", "F16", 0.001)]
    [DataRow("smollm2", "F16", 0.001)]
    public void A_quantized_base_has_the_logits_of_llama_cpp_up_to_its_rounding_of_inputs(string name, string type, double bound)
    {
        Fixture fixture = Fixture.Open(name);
        using var folder = new TemporaryFolder();
        string quantized = Quantize(fixture, folder, type);
        using BaseModel model = BaseModel.Load(quantized, ComputeType.Float32, TrainingDevice.Cpu);

        double error = Compare.RelativeError(Compare.Flat(model.Logits(fixture.Tokens)), LlamaCppLogits.Of(quantized, fixture.Tokens));

        Assert.IsLessThan(bound, error);
    }

    private static string Quantize(Fixture fixture, TemporaryFolder folder, string type)
    {
        string path = folder.File("quantized.gguf");
        IReadOnlyDictionary<string, GgmlType> types = ModelQuantizer.Quantize(fixture.File("base.gguf"), path, type, new ModelQuantizationOptions { Pure = true });
        Assert.AreEqual(type, GgmlTypes.Name(types["blk.0.ffn_up.weight"]), ignoreCase: true);
        return path;
    }

    private static void AssertEqual(Fixture fixture, float[] expected, float[,] actual) =>
        Assert.IsLessThanOrEqualTo(fixture.LlamaCppTolerance, Compare.LargestDifference(Compare.Flat(actual), expected));
}
