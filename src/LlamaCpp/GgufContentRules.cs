using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>Whether metadata and tensors of a GGUF file agree with each other, as far as native code would abort or read wrongly otherwise.</summary>
internal static class GgufContentRules
{
    /// <summary>The architectures that EdgeBuild trains and runs, by the value of <c>general.architecture</c>.</summary>
    private static readonly string[] _architectures = ["llama", "qwen2", "qwen3", "gemma3", "phi3"];

    public static void Check(GgufHeader header, string path, bool requireSupportedArchitecture)
    {
        CheckSplit(header);
        string? architecture = header.Text("general.architecture");
        if (header.Text("general.type") == "adapter")
        {
            CheckAdapter(header);
            return;
        }

        bool isSupported = architecture is not null && _architectures.Contains(architecture);
        GgufVocabularyRules.Check(header, isRequired: isSupported);
        if (isSupported)
        {
            if (header.Tensors.Count > 0)
            {
                new GgufModelRules(header, architecture!).Check();
            }
        }
        else if (requireSupportedArchitecture)
        {
            throw new EdgeModelException(
                ErrorCodes.UnsupportedArchitecture,
                $"The model's architecture '{architecture}' is not supported. Choose a base of one of these: {string.Join(", ", _architectures)}.",
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
