using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Benchmarks;

/// <summary>An adapter of all matrices of the blocks with small random values: what is in it does not change the time.</summary>
internal static class RandomAdapter
{
    /// <summary>Writes an adapter.</summary>
    /// <param name="basePath">The model that it is for.</param>
    /// <param name="path">The file.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="seed">What the values come from.</param>
    public static void Write(string basePath, string path, int rank, int seed = 1)
    {
        using GgufFile file = GgufFile.Open(basePath, validate: false);
        using var writer = new GgufWriter();
        writer.Set("general.architecture", file.Architecture);
        writer.Set("general.type", "adapter");
        writer.Set("adapter.type", "lora");
        writer.Set("adapter.lora.alpha", (float)rank);
        var random = new Random(seed);
        foreach (GgufTensor tensor in file.Tensors.Where(tensor => tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && tensor.Shape.Count == 2))
        {
            writer.AddTensor(tensor.Name + ".lora_a", [tensor.RowLength, rank], Values(random, tensor.RowLength * rank));
            writer.AddTensor(tensor.Name + ".lora_b", [rank, tensor.RowCount], Values(random, tensor.RowCount * rank));
        }

        writer.Write(path);
    }

    private static float[] Values(Random random, long count) => [.. Enumerable.Range(0, checked((int)count)).Select(_ => (random.NextSingle() - 0.5f) * 0.01f)];
}
