using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// A model with the shape of Qwen3-0.6B and random weights in Q4_0, its output matrix in Q6_K as llama.cpp chooses it. It answers nonsense in the
/// time that the real one takes.
/// </summary>
internal static class RandomModel
{
    /// <summary>The name of the model.</summary>
    public const string Name = "Qwen3-0.6B-shape.Q4_0";

    /// <summary>The width of the model.</summary>
    public const int Width = 1024;

    private const int Layers = 28;
    private const int Inner = 3072;
    private const int Heads = 16;
    private const int KeyHeads = 8;
    private const int HeadLength = 128;
    private const int Vocabulary = 151936;

    // Rows are put together from blocks of this many values, each quantized once: no two rows are equal, and the file is written in seconds.
    private const int BlockLength = 256;
    private const int BlockCount = 4096;

    /// <summary>Makes the file with the vocabulary of another one, filled up with tokens that no text has.</summary>
    /// <param name="vocabulary">The other file; it stays open until the file is written.</param>
    /// <returns>The file, to be written.</returns>
    public static GgufWriter Create(GgufFile vocabulary)
    {
        var writer = new GgufWriter(vocabulary);
        foreach (string key in vocabulary.Keys.Where(key => key.StartsWith(vocabulary.Architecture + '.', StringComparison.Ordinal)))
        {
            writer.Remove(key);
        }

        WriteShape(writer);
        WriteVocabulary(writer, vocabulary);
        var random = new Random(6);
        byte[] blocks = Blocks(GgmlType.Q4_0, random);
        Add("token_embd.weight", GgmlType.Q6_K, Blocks(GgmlType.Q6_K, random), Width, Vocabulary);
        AddNorm("output_norm", Width);
        for (int layer = 0; layer < Layers; layer++)
        {
            string name = $"blk.{layer}.";
            AddNorm(name + "attn_norm", Width);
            AddNorm(name + "attn_q_norm", HeadLength);
            AddNorm(name + "attn_k_norm", HeadLength);
            AddNorm(name + "ffn_norm", Width);
            Add(name + "attn_q.weight", GgmlType.Q4_0, blocks, Width, Heads * HeadLength);
            Add(name + "attn_k.weight", GgmlType.Q4_0, blocks, Width, KeyHeads * HeadLength);
            Add(name + "attn_v.weight", GgmlType.Q4_0, blocks, Width, KeyHeads * HeadLength);
            Add(name + "attn_output.weight", GgmlType.Q4_0, blocks, Heads * HeadLength, Width);
            Add(name + "ffn_gate.weight", GgmlType.Q4_0, blocks, Width, Inner);
            Add(name + "ffn_up.weight", GgmlType.Q4_0, blocks, Width, Inner);
            Add(name + "ffn_down.weight", GgmlType.Q4_0, blocks, Inner, Width);
        }

        return writer;

        void AddNorm(string name, int length) => writer.AddTensor(name + ".weight", [length], Enumerable.Repeat(1f, length).ToArray());

        void Add(string name, GgmlType type, byte[] pool, int rowLength, int rows) =>
            writer.AddTensor(name, type, [rowLength, rows], stream => Write(stream, pool, random, (long)rowLength * rows / BlockLength));
    }

    private static void WriteShape(GgufWriter writer)
    {
        writer.Set("general.architecture", "qwen3");
        writer.Set("general.name", Name);
        writer.Set("qwen3.block_count", (uint)Layers);
        writer.Set("qwen3.context_length", 4096u);
        writer.Set("qwen3.embedding_length", (uint)Width);
        writer.Set("qwen3.feed_forward_length", (uint)Inner);
        writer.Set("qwen3.attention.head_count", (uint)Heads);
        writer.Set("qwen3.attention.head_count_kv", (uint)KeyHeads);
        writer.Set("qwen3.attention.key_length", (uint)HeadLength);
        writer.Set("qwen3.attention.value_length", (uint)HeadLength);
        writer.Set("qwen3.attention.layer_norm_rms_epsilon", 1e-6f);
        writer.Set("qwen3.rope.freq_base", 1e6f);
    }

    private static void WriteVocabulary(GgufWriter writer, GgufFile vocabulary)
    {
        const int Unused = 5;
        string[] tokens = vocabulary.GetStrings("tokenizer.ggml.tokens")!;
        IEnumerable<string> unused = Enumerable.Range(tokens.Length, Vocabulary - tokens.Length).Select(id => $"[unused{id}]");
        int[] types = [.. vocabulary.GetIntegers("tokenizer.ggml.token_type")!.Select(type => (int)type)];
        writer.SetArray("tokenizer.ggml.tokens", [.. tokens, .. unused]);
        writer.SetArray("tokenizer.ggml.token_type", [.. types, .. Enumerable.Repeat(Unused, Vocabulary - types.Length)]);
    }

    private static byte[] Blocks(GgmlType type, Random random)
    {
        float[] values = new float[BlockCount * BlockLength];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = 0.02f * (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()));
        }

        return GgmlQuantizer.Quantize(type, values, BlockCount, BlockLength);
    }

    private static void Write(Stream stream, byte[] pool, Random random, long count)
    {
        int size = pool.Length / BlockCount;
        for (; count > 0; count--)
        {
            stream.Write(pool, random.Next(BlockCount) * size, size);
        }
    }
}
