using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training.Tests;

/// <summary>A model of a fixture's architecture whose widths are multiplied, with random weights.</summary>
internal static class WideModel
{
    public static void Write(Fixture fixture, string path, int factor)
    {
        using GgufFile source = GgufFile.Open(fixture.File("base.gguf"));
        using var writer = new GgufWriter(source);
        foreach (string key in (string[])["embedding_length", "feed_forward_length"])
        {
            string name = $"{source.Architecture}.{key}";
            writer.Set(name, (uint)(source.GetInteger(name)!.Value * factor));
        }

        var random = new SeededRandom(3);
        foreach (GgufTensor tensor in source.Tensors)
        {
            bool isEmbedding = tensor.Name == "token_embd.weight";
            long[] shape = [.. tensor.Shape.ToArray().Select((size, dimension) => isEmbedding && dimension == 1 ? size : size * factor)];
            float[] values = new float[shape.Aggregate(1L, (product, size) => product * size)];
            double spread = shape.Length == 1 ? 0.1 : Math.Sqrt(3.0 / shape[0]);
            double mean = tensor.Name.Contains("norm", StringComparison.Ordinal) ? 1 : 0;
            for (int index = 0; index < values.Length; index++)
            {
                values[index] = (float)(mean + (((2 * random.NextDouble()) - 1) * spread));
            }

            writer.AddTensor(tensor.Name, shape, values);
        }

        writer.Write(path);
    }
}
