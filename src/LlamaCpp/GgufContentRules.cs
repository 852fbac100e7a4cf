using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.LlamaCpp;

/// <summary>Whether metadata and tensors of a GGUF file agree with each other, as far as native code would abort or read wrongly otherwise.</summary>
internal static class GgufContentRules
{
    /// <summary>The architectures that EdgeBuild trains and runs, by the value of <c>general.architecture</c>.</summary>
    private static readonly string[] s_architectures = ["llama", "qwen2", "qwen3", "gemma3", "phi3"];

    private static readonly string[] s_specialTokens =
    [
        "bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "mask", "prefix", "suffix", "middle", "fim_pre", "fim_suf", "fim_mid",
        "fim_pad", "fim_rep", "fim_sep",
    ];

    public static void Check(GgufHeader header, string path, bool requireSupportedArchitecture)
    {
        CheckSplit(header);
        string? architecture = header.Text("general.architecture");
        if (header.Text("general.type") == "adapter")
        {
            CheckAdapter(header);
            return;
        }

        CheckVocabulary(header);
        if (architecture is not null && s_architectures.Contains(architecture))
        {
            if (header.Tensors.Count > 0)
            {
                new GgufModelRules(header, architecture).Check();
            }
        }
        else if (requireSupportedArchitecture)
        {
            throw new EdgeBuildException(
                ErrorCodes.UnsupportedArchitecture,
                $"The model's architecture '{architecture}' is not supported. Choose a base of one of these: {string.Join(", ", s_architectures)}.",
                path);
        }
    }

    private static void CheckSplit(GgufHeader header)
    {
        if (header.Integer("split.count") is not { } count || count <= 1)
        {
            return;
        }

        long number = header.Integer("split.no") ?? -1;
        if (number < 0 || number >= count || header.Integer("split.tensors.count") is { } tensors && tensors < header.Tensors.Count)
        {
            throw new GgufFormatException("its 'split' keys contradict each other");
        }

        throw new GgufFormatException(string.Create(
            CultureInfo.InvariantCulture, $"it is part {number + 1} of {count}; join the parts with llama.cpp's 'llama-gguf-split --merge' first"));
    }

    private static void CheckVocabulary(GgufHeader header)
    {
        if (!header.Values.TryGetValue("tokenizer.ggml.tokens", out GgufHeaderValue? tokens))
        {
            return;
        }

        if (tokens.ArrayType != GgufValueType.String || tokens.ArrayLength == 0)
        {
            throw new GgufFormatException("'tokenizer.ggml.tokens' is not an array of texts");
        }

        CheckArray("tokenizer.ggml.scores", GgufValueType.Float32);
        CheckArray("tokenizer.ggml.token_type", GgufValueType.Int32);
        if (header.Values.TryGetValue("tokenizer.ggml.merges", out GgufHeaderValue? merges) && merges.ArrayType != GgufValueType.String)
        {
            throw new GgufFormatException("'tokenizer.ggml.merges' is not an array of texts");
        }

        foreach (string name in s_specialTokens)
        {
            string key = $"tokenizer.ggml.{name}_token_id";

            // The largest unsigned number stands for "none" in files of some converters.
            if (header.Integer(key) is { } id && id != uint.MaxValue && (id < -1 || id >= tokens.ArrayLength))
            {
                throw new GgufFormatException($"'{key}' is {id}, beyond the vocabulary");
            }
        }

        if (header.Tensors.TryGetValue("token_embd.weight", out GgufHeaderTensor? embedding) && embedding.Shape[1] != tokens.ArrayLength)
        {
            throw new GgufFormatException(
                $"the vocabulary has {tokens.ArrayLength} tokens and the embedding {embedding.Shape[1]} rows");
        }

        void CheckArray(string key, GgufValueType type)
        {
            if (header.Values.TryGetValue(key, out GgufHeaderValue? value) && (value.ArrayType != type || value.ArrayLength != tokens.ArrayLength))
            {
                throw new GgufFormatException($"'{key}' is not an array with one value for each token");
            }
        }
    }

    /// <summary>The checks of llama.cpp's loader (src/llama-adapter.cpp) that need no base model.</summary>
    private static void CheckAdapter(GgufHeader header)
    {
        if (header.Text("adapter.type") != "lora")
        {
            throw new GgufFormatException("it is an adapter of another kind than LoRA");
        }

        if (header.Number("adapter.lora.alpha") is { } alpha && !double.IsFinite(alpha))
        {
            throw new GgufFormatException("'adapter.lora.alpha' is not a finite number");
        }

        if (header.Tensors.Count == 0)
        {
            throw new GgufFormatException("the adapter has no tensors");
        }

        foreach ((string name, GgufHeaderTensor tensor) in header.Tensors)
        {
            if (tensor.Type is not (GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.Q8_0))
            {
                throw new GgufFormatException($"the adapter's tensor '{name}' is {GgmlTypes.Name(tensor.Type)}; F32 or F16 is expected");
            }

            if (name.EndsWith(".lora_a", StringComparison.Ordinal))
            {
                if (!header.Tensors.TryGetValue(name[..^1] + "b", out GgufHeaderTensor? other) || other.Shape[0] != tensor.Shape[1])
                {
                    throw new GgufFormatException($"the adapter's tensor '{name}' has no second half of the same rank");
                }

                if (tensor.Shape[2] != 1 || other.Shape[2] != 1)
                {
                    throw new GgufFormatException($"the adapter's tensor '{name}' is not a matrix");
                }
            }
            else if (name.EndsWith(".lora_b", StringComparison.Ordinal) ? !header.Tensors.ContainsKey(name[..^1] + "a") : !name.EndsWith("_norm.weight", StringComparison.Ordinal))
            {
                throw new GgufFormatException($"the adapter's tensor '{name}' does not belong to a pair");
            }
        }
    }
}
