using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Training;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>The merged model is the model that was trained.</summary>
[TestClass]
public sealed class MergeTests
{
    private static readonly Dictionary<string, float[]> _noImportance = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-merge-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("llama3", "adapter_random.gguf", "Base")]
    [DataRow("smollm2", "adapter_random.gguf", "Base")]
    [DataRow("llama3", "adapter_trained.gguf", "F32")]
    [DataRow("smollm2", "adapter_trained.gguf", "F32")]
    [DataRow("qwen2", "adapter_random.gguf", "Base")]
    [DataRow("qwen3", "adapter_trained.gguf", "F32")]
    [DataRow("gemma3", "adapter_random.gguf", "F32")]
    [DataRow("gemma3", "adapter_trained.gguf", "Base")]
    [DataRow("phi3", "adapter_random.gguf", "F32")]
    [DataRow("phi3", "adapter_trained.gguf", "Base")]
    public void A_merged_model_has_the_logits_that_the_trainer_gives_base_and_adapter(string name, string adapterFile, string quantization)
    {
        string basePath = RepositoryFiles.Fixture(name, "base.gguf");
        string adapterPath = RepositoryFiles.Fixture(name, adapterFile);
        string merged = Path.Combine(_folder, "merged.gguf");
        int[] tokens = Tokens(name);
        using var model = BaseModel.Load(basePath, ComputeType.Float32, TrainingDevice.Cpu);
        using var adapter = LoraAdapter.ReadGguf(adapterPath, model);
        float[] expected = [.. model.Logits(tokens, adapter).Cast<float>()];

        QuantizeStage.Run(Plan(basePath, quantization), quantization, adapterPath, merged, _noImportance, TestContext.CancellationToken);

        // llama.cpp looks the GELU of Gemma up in a table of 16-bit floats.
        double tolerance = name == "gemma3" ? 5e-3 : 1e-4;
        Assert.IsLessThanOrEqualTo(tolerance, LargestDifference(expected, LlamaCppLogits.Of(merged, tokens)));
        Assert.IsLessThanOrEqualTo(tolerance, LargestDifference(expected, LlamaCppLogits.Of(basePath, tokens, adapterPath)));
        using var mergedModel = BaseModel.Load(merged, ComputeType.Float32, TrainingDevice.Cpu);
        Assert.IsLessThanOrEqualTo(1e-4, LargestDifference(expected, [.. mergedModel.Logits(tokens).Cast<float>()]));
        Assert.HasCount(1, Directory.GetFiles(_folder));
    }

    [TestMethod]
    [DataRow("smollm2")]
    [DataRow("qwen2")]
    [DataRow("qwen3")]
    [DataRow("gemma3")]
    [DataRow("phi3")]
    public void Tensors_that_the_adapter_does_not_change_and_the_metadata_stay_as_they_are(string name)
    {
        string basePath = RepositoryFiles.Fixture(name, "base.gguf");
        string quantized = Path.Combine(_folder, "base.gguf");
        string merged = Path.Combine(_folder, "merged.gguf");
        ModelQuantizer.Quantize(basePath, quantized, "Q8_0");

        QuantizeStage.Run(Plan(quantized, "Base"), "Base", RepositoryFiles.Fixture(name, "adapter_random.gguf"), merged, _noImportance, TestContext.CancellationToken);

        using GgufFile before = GgufFile.Open(quantized);
        using GgufFile after = GgufFile.Open(merged);
        Assert.IsTrue(before.Keys.All(key => after.GetValueType(key) == before.GetValueType(key)));
        foreach (GgufTensor tensor in before.Tensors)
        {
            GgufTensor own = after.GetTensor(tensor.Name);
            Assert.AreEqual(tensor.Type, own.Type, tensor.Name);
            bool adapted = tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && !tensor.Name.Contains("norm", StringComparison.Ordinal) && !tensor.Name.EndsWith(".bias", StringComparison.Ordinal);
            Assert.AreEqual(!adapted, tensor.Data.SequenceEqual(own.Data), tensor.Name);
        }
    }

    [TestMethod]
    public void An_adapter_of_another_base_is_refused_and_nothing_is_written()
    {
        string merged = Path.Combine(_folder, "merged.gguf");

        EdgeBuildException exception = Assert.Throws<EdgeBuildException>(() => QuantizeStage.Run(
            Plan(RepositoryFiles.Fixture("llama3", "base.gguf"), "Base"), "Base", RepositoryFiles.Fixture("smollm2", "adapter_random.gguf"), merged, _noImportance, TestContext.CancellationToken));

        Assert.AreEqual(ErrorCodes.AdapterMismatch, exception.Code);
        Assert.IsEmpty(Directory.GetFiles(_folder));
    }

    [TestMethod]
    [DataRow("smollm2", "Q8_0")]
    [DataRow("smollm2", "Q4_K_M")]
    [DataRow("llama3", "Q4_0")]
    [DataRow("qwen2", "Q6_K")]
    [DataRow("qwen3", "Q4_1")]
    [DataRow("gemma3", "Q5_K_M")]
    [DataRow("phi3", "IQ4_NL")]
    [DataRow("llama3", "F16")]
    public void Merging_and_quantizing_in_one_pass_gives_the_bytes_of_llama_quantize_on_the_merged_model(string name, string type)
    {
        string basePath = RepositoryFiles.Fixture(name, "base.gguf");
        string adapterPath = RepositoryFiles.Fixture(name, "adapter_trained.gguf");
        string merged = Path.Combine(_folder, "merged.gguf");
        string reference = Path.Combine(_folder, "reference.gguf");
        string own = Path.Combine(_folder, "own.gguf");
        QuantizeStage.Run(Plan(basePath, "F32"), "F32", adapterPath, merged, _noImportance, TestContext.CancellationToken);
        ModelQuantizer.Quantize(merged, reference, type);

        QuantizedFile made = QuantizeStage.Run(Plan(basePath, type), type, adapterPath, own, _noImportance, TestContext.CancellationToken);

        using GgufFile expected = GgufFile.Open(reference);
        using GgufFile actual = GgufFile.Open(own);
        Assert.AreEqual(expected.GetInteger("general.file_type"), actual.GetInteger("general.file_type"));
        Assert.AreEqual(expected.GetInteger("general.quantization_version"), actual.GetInteger("general.quantization_version"));
        foreach (GgufTensor tensor in expected.Tensors)
        {
            Assert.AreEqual(tensor.Type, actual.GetTensor(tensor.Name).Type, tensor.Name);
            Assert.IsTrue(tensor.Data.SequenceEqual(actual.GetTensor(tensor.Name).Data), tensor.Name);
        }

        Assert.AreEqual(actual.Tensors.Sum(tensor => tensor.ByteCount), made.Types.Sum(share => share.Bytes));
        Assert.IsTrue(made.RoundingError is > 0 and < 0.2, made.Describe());
    }

    [TestMethod]
    public void A_base_that_was_quantized_already_is_said_and_so_are_rows_that_fit_no_block()
    {
        string basePath = Path.Combine(_folder, "base.gguf");
        ModelQuantizer.Quantize(RepositoryFiles.Fixture("smollm2", "base.gguf"), basePath, "Q4_0");

        QuantizedFile made = QuantizeStage.Run(
            Plan(basePath, "Q4_K_M"), "Q4_K_M", RepositoryFiles.Fixture("smollm2", "adapter_trained.gguf"), Path.Combine(_folder, "own.gguf"), _noImportance, TestContext.CancellationToken);

        Assert.Contains("Q4_0", made.QuantizedBase);
        Assert.Contains("rounded twice", made.Describe());
        Assert.IsGreaterThan(0, made.FallbackTensors);
        Assert.Contains("Q5_0", made.Types.Select(share => share.Type).ToArray());
    }

    [TestMethod]
    public void The_file_says_what_it_was_made_of()
    {
        string own = Path.Combine(_folder, "own.gguf");
        QuantizeStage.Run(Plan(RepositoryFiles.Fixture("llama3", "base.gguf"), "Q8_0"), "Q8_0", RepositoryFiles.Fixture("llama3", "adapter_trained.gguf"), own, _noImportance, TestContext.CancellationToken);

        using GgufFile file = GgufFile.Open(own);
        Assert.AreEqual("hash", file.GetString("edgebuild.base.sha256"));
        Assert.AreEqual("model", file.GetString("edgebuild.model.key"));
        Assert.AreEqual("Q8_0", file.GetString("edgebuild.quantization"));
        Assert.Contains("rank 8", file.GetString("edgebuild.recipe")!);
    }

    private static double LargestDifference(float[] expected, float[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        return expected.Zip(actual).Max(pair => float.IsFinite(pair.Second) ? Math.Abs(pair.First - pair.Second) : double.PositiveInfinity);
    }

    private static int[] Tokens(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(RepositoryFiles.Fixture(name, "fixture.json")));
        return [.. document.RootElement.GetProperty("input_ids").EnumerateArray().Select(token => token.GetInt32())];
    }

    private TrainingPlan Plan(string basePath, string quantization) => new()
    {
        Model = "Test",
        AdapterKey = "adapter",
        ModelKey = "model",
        ParentAdapterKey = string.Empty,
        Quantization = quantization,
        CacheDirectory = _folder,
        Base = new PlannedBase("test", basePath, "hash", "Apache-2.0", "test"),
        Recipe = new PlannedRecipe(),
        Gates = new PlannedGates(null, null),
        Prompts = [],
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 1,
        Offline = true,
    };
}
