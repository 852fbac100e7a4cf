using System.Globalization;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// The rules for models of the supported architectures: sizes in the metadata agree with the tensors' shapes. Names and shapes are those of
/// src/llama-arch.cpp and src/models/*.cpp of llama.cpp.
/// </summary>
internal sealed class GgufModelRules(GgufHeader header, string architecture)
{
    private const int MaxBlocks = 512;

    public void Check()
    {
        long blocks = Positive("block_count", MaxBlocks);
        long width = Positive("embedding_length", 1 << 20);
        Positive("context_length", uint.MaxValue);
        CheckNumber("attention.layer_norm_rms_epsilon", required: true, value => value is >= 0 and < 1);
        CheckNumber("rope.freq_base", required: false, value => value > 0 && double.IsFinite(value));
        CheckNumber("rope.freq_base_swa", required: false, value => value > 0 && double.IsFinite(value));
        CheckNumber("rope.scaling.factor", required: false, value => value >= 0 && double.IsFinite(value));
        CheckNumber("rope.scaling.attn_factor", required: false, value => value > 0 && double.IsFinite(value));
        CheckNumber("attention.scale", required: false, double.IsFinite);
        CheckNumber("final_logit_softcapping", required: false, double.IsFinite);
        CheckBlocks(blocks);
        GgufHeaderTensor embedding = Tensor("token_embd.weight");
        if (embedding.Shape[0] != width || embedding.Shape[2] != 1)
        {
            throw new GgufFormatException($"the embedding has rows of {embedding.Shape[0]} values and the model a width of {width}");
        }

        if (header.Tensors.TryGetValue("output.weight", out GgufHeaderTensor? output) && !output.HasShape(width, embedding.Shape[1]))
        {
            throw new GgufFormatException("the tensor 'output.weight' has another shape than the vocabulary asks for");
        }

        Vector("output_norm.weight", width);
        CheckAttention(blocks, width, Positive("feed_forward_length", 1 << 24));
    }

    private void CheckAttention(long blocks, long width, long feedForward)
    {
        long heads = Positive("attention.head_count", 4096);
        long keyHeads = Has("attention.head_count_kv") ? Positive("attention.head_count_kv", 4096) : heads;
        if (heads % keyHeads != 0)
        {
            throw new GgufFormatException($"{heads} attention heads cannot share {keyHeads} key heads");
        }

        long keyLength = Has("attention.key_length") ? Positive("attention.key_length", 4096) : width / heads;
        long valueLength = Has("attention.value_length") ? Positive("attention.value_length", 4096) : width / heads;
        long rotated = Has("rope.dimension_count") ? Positive("rope.dimension_count", 4096) : keyLength;
        if (rotated % 2 != 0 || rotated > keyLength)
        {
            throw new GgufFormatException($"{rotated} rotated dimensions do not fit heads of {keyLength}");
        }

        // llama.cpp ends the process for these (GGML_ASSERT in src/models).
        if (rotated != keyLength && architecture is ("llama" or "qwen2" or "qwen3"))
        {
            throw new GgufFormatException($"{rotated} rotated dimensions are not the whole of heads of {keyLength}");
        }

        CheckFactors("rope_freqs.weight", rotated);
        CheckFactors("rope_factors_long.weight", rotated);
        CheckFactors("rope_factors_short.weight", rotated);
        for (long block = 0; block < blocks; block++)
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"blk.{block}.");
            Vector(prefix + "attn_norm.weight", width);
            Vector(prefix + "ffn_norm.weight", width);
            if (header.Tensors.ContainsKey(prefix + "attn_qkv.weight"))
            {
                Matrix(prefix + "attn_qkv.weight", width, (heads * keyLength) + (keyHeads * (keyLength + valueLength)));
            }
            else
            {
                Matrix(prefix + "attn_q.weight", width, heads * keyLength);
                Matrix(prefix + "attn_k.weight", width, keyHeads * keyLength);
                Matrix(prefix + "attn_v.weight", width, keyHeads * valueLength);
            }

            Matrix(prefix + "attn_output.weight", heads * valueLength, width);
            Matrix(prefix + "ffn_down.weight", feedForward, width);
            if (architecture == "phi3")
            {
                Matrix(prefix + "ffn_up.weight", width, 2 * feedForward);
            }
            else
            {
                Matrix(prefix + "ffn_gate.weight", width, feedForward);
                Matrix(prefix + "ffn_up.weight", width, feedForward);
            }

            if (architecture is "qwen3" or "gemma3")
            {
                Vector(prefix + "attn_q_norm.weight", keyLength);
                Vector(prefix + "attn_k_norm.weight", keyLength);
            }

            if (architecture == "gemma3")
            {
                Vector(prefix + "post_attention_norm.weight", width);
                Vector(prefix + "post_ffw_norm.weight", width);
            }
        }
    }

    private void CheckBlocks(long blocks)
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        foreach (string name in header.Tensors.Keys)
        {
            if (name.StartsWith("blk.", StringComparison.Ordinal) && name.IndexOf('.', 4) is > 4 and int end)
            {
                present.Add(name[4..end]);
            }
        }

        bool complete = present.Count == blocks;
        for (long block = 0; block < blocks && complete; block++)
        {
            complete = present.Contains(block.ToString(CultureInfo.InvariantCulture));
        }

        if (!complete)
        {
            throw new GgufFormatException($"it has {present.Count} blocks of tensors and says that it has {blocks}");
        }
    }

    private bool Has(string key) => header.Values.ContainsKey($"{architecture}.{key}");

    private long Positive(string key, long limit)
    {
        string fullKey = $"{architecture}.{key}";
        return header.Integer(fullKey) is { } value && value > 0 && value <= limit
            ? value
            : throw new GgufFormatException(header.Values.ContainsKey(fullKey)
                ? $"'{fullKey}' is not a number from 1 to {limit}"
                : $"'{fullKey}' is missing");
    }

    private void CheckNumber(string key, bool required, Predicate<double> isValid)
    {
        string fullKey = $"{architecture}.{key}";
        if (!header.Values.TryGetValue(fullKey, out GgufHeaderValue? value))
        {
            if (required)
            {
                throw new GgufFormatException($"'{fullKey}' is missing");
            }

            return;
        }

        if (value.Number is not { } number || !isValid(number))
        {
            throw new GgufFormatException($"'{fullKey}' has an impossible value");
        }
    }

    private void CheckFactors(string name, long rotated)
    {
        if (header.Tensors.ContainsKey(name))
        {
            Vector(name, rotated / 2);
        }
    }

    private GgufHeaderTensor Tensor(string name) =>
        header.Tensors.GetValueOrDefault(name) ?? throw new GgufFormatException($"the tensor '{name}' is missing");

    private void Matrix(string name, long input, long output)
    {
        if (!Tensor(name).HasShape(input, output))
        {
            throw new GgufFormatException($"the tensor '{name}' has another shape than the metadata ask for");
        }
    }

    private void Vector(string name, long length)
    {
        GgufHeaderTensor tensor = Tensor(name);
        if (!tensor.HasShape(length, 1) || tensor.Type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16))
        {
            throw new GgufFormatException($"the tensor '{name}' is not a vector of {length} floats");
        }
    }
}
