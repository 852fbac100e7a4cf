using System.Text.Json;

namespace EdgeBuild.LlamaCpp.Tests;

/// <summary>One architecture of tests/Fixtures: its text, its token ids, and the logits that PyTorch computed for them.</summary>
internal sealed class Fixture
{
    private Fixture(string architecture, string text, int[] tokens)
    {
        Architecture = architecture;
        Text = text;
        Tokens = tokens;
    }

    public string Architecture { get; }

    public string Text { get; }

    public int[] Tokens { get; }

    public string BasePath => File("base.gguf");

    public static Fixture Load(string architecture)
    {
        using var json = JsonDocument.Parse(System.IO.File.ReadAllText(RepositoryFiles.Fixture(architecture, "fixture.json")));
        int[] tokens = [.. json.RootElement.GetProperty("input_ids").EnumerateArray().Select(id => id.GetInt32())];
        return new Fixture(architecture, json.RootElement.GetProperty("text").GetString()!, tokens);
    }

    public string File(string name) => RepositoryFiles.Fixture(Architecture, name);

    public float[] Logits(string name) => SafetensorsFile.Read(File("reference.safetensors")).Values(name);

    /// <summary>Options for comparing numbers: nothing is rounded on the way, and all logits can be had.</summary>
    public static LlamaContextOptions ExactOptions() => new()
    {
        ContextLength = 256,
        BatchSize = 256,
        KeyType = GgmlType.F32,
        ValueType = GgmlType.F32,
        FlashAttention = LlamaFlashAttention.Disabled,
        MaxSequences = 4,
        ThreadCount = 1,
        BatchThreadCount = 1,
    };

    public static double LargestDifference(IReadOnlyList<float> left, IReadOnlyList<float> right)
    {
        Assert.HasCount(left.Count, right);
        double largest = 0;
        for (int index = 0; index < left.Count; index++)
        {
            // A NaN compares false with everything and would pass as equal.
            Assert.IsTrue(float.IsFinite(left[index]) && float.IsFinite(right[index]));
            largest = Math.Max(largest, Math.Abs(left[index] - right[index]));
        }

        return largest;
    }
}
