using System.Text.Json;

namespace EdgeBuild.Training.Tests;

/// <summary>A tiny model of tests/Fixtures with what PyTorch and PEFT computed for it.</summary>
internal sealed class Fixture
{
    private Fixture(string name)
    {
        Name = name;
        using JsonDocument document = JsonDocument.Parse(System.IO.File.ReadAllBytes(File("fixture.json")));
        JsonElement root = document.RootElement;
        Tokens = Numbers(root.GetProperty("input_ids"));
        Rank = root.GetProperty("rank").GetInt32();
        Alpha = root.GetProperty("alpha").GetDouble();
        JsonElement train = root.GetProperty("train");
        LearningRate = train.GetProperty("lr").GetDouble();
        WeightDecay = train.GetProperty("weight_decay").GetDouble();
        Losses = [.. train.GetProperty("losses").EnumerateArray().Select(value => value.GetDouble())];
        GradientNorms = [.. train.GetProperty("grad_norms").EnumerateArray().Select(value => value.GetDouble())];
        Examples =
        [
            .. train.GetProperty("batch").EnumerateArray()
                .Select(row => new TrainingExample(Numbers(row.GetProperty("prompt_ids")), Numbers(row.GetProperty("completion_ids")))),
        ];
    }

    /// <summary>The models, one for each architecture and two for llama.</summary>
    public static IReadOnlyList<string> Names { get; } = ["llama3", "smollm2", "qwen2", "qwen3", "gemma3", "phi3"];

    public static IEnumerable<object[]> All => Names.Select(name => new object[] { name });

    public string Name { get; }

    public int[] Tokens { get; }

    public int Rank { get; }

    public double Alpha { get; }

    public double LearningRate { get; }

    public double WeightDecay { get; }

    public double[] Losses { get; }

    public double[] GradientNorms { get; }

    public TrainingExample[] Examples { get; }

    /// <summary>How far llama.cpp's logits are from exact ones: it looks the GELU of Gemma up in a table of 16-bit floats.</summary>
    public double LlamaCppTolerance => Name == "gemma3" ? 5e-3 : 1e-4;

    public static Fixture Open(string name) => new(name);

    /// <summary>The recipe that the reference losses were made with.</summary>
    public TrainingRecipe Recipe() => new()
    {
        Rank = Rank,
        Alpha = Alpha,
        LearningRate = LearningRate,
        WeightDecay = WeightDecay,
        BatchSize = Examples.Length,
        Epochs = Losses.Length,
        WarmupRatio = 0,
        FinalLearningRateRatio = 1,
        ClipNorm = 1,
    };

    public string File(string name) => RepositoryFiles.Fixture(Name, name);

    public BaseModel Load(ComputeType type = ComputeType.Float32) => BaseModel.Load(File("base.gguf"), type, TrainingDevice.Cpu);

    /// <summary>A reference tensor, [tokens, vocabulary].</summary>
    public float[] Reference(string name) => SafetensorsFile.Read(File("reference.safetensors")).Tensors[name].Values;

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetInt32())];
}
