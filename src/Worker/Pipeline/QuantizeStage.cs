using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Merges the adapter into the base and quantizes.</summary>
public static class QuantizeStage
{
    /// <summary>GGML_QNT_VERSION of ggml.h, which llama.cpp's quantizer writes.</summary>
    private const uint QuantizationVersion = 2;

    /// <summary>The block of the K types and most IQ types.</summary>
    private const int LargeBlock = 256;

    /// <summary>Checks the name of the quantization, before minutes are spent on a training.</summary>
    /// <param name="plan">The plan.</param>
    /// <exception cref="EdgeBuildException">EDGE3004: it is not known.</exception>
    public static void CheckName(TrainingPlan plan)
    {
        if (!QuantizationNames.KeepsBase(plan.Quantization) && !(QuantizationNames.IsAuto(plan.Quantization) && plan.Kind == ArtifactKind.MergedModel) && !ModelQuantizer.IsFileType(plan.Quantization))
        {
            throw new EdgeBuildException(
                ErrorCodes.UnknownQuantization,
                $"The quantization '{plan.Quantization}' is not known{(QuantizationNames.IsAuto(plan.Quantization) ? " for a model whose adapters are loaded at run time" : string.Empty)}. Use Auto, Base or one of {string.Join(", ", ModelQuantizer.FileTypes)}.");
        }
    }

    /// <summary>Writes the model file.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="quantization">A type's name or <c>Base</c>.</param>
    /// <param name="adapterPath">The GGUF adapter; null for the base alone.</param>
    /// <param name="outputPath">The file to write.</param>
    /// <param name="importance">The importance of the inputs of each matrix; empty for none.</param>
    /// <param name="cancellationToken">Ends the work between groups of rows.</param>
    /// <returns>What was made.</returns>
    /// <exception cref="EdgeBuildException">EDGE3001 or EDGE3002.</exception>
    public static QuantizedFile Run(
        TrainingPlan plan, string quantization, string? adapterPath, string outputPath, IReadOnlyDictionary<string, float[]> importance, CancellationToken cancellationToken)
    {
        bool keepTypes = QuantizationNames.KeepsBase(quantization);
        using GgufFile baseFile = GgufFile.Open(plan.Base.Path, validate: false);
        IReadOnlyDictionary<string, GgmlType> types = keepTypes
            ? baseFile.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Type, StringComparer.Ordinal)
            : QuantizationTypes.Of(plan.Base.Path, quantization, importance.Count > 0);
        using AdapterMerge? merge = adapterPath is null ? null : new AdapterMerge(adapterPath);
        using var writer = new GgufWriter(baseFile);
        if (!keepTypes)
        {
            writer.Set("general.quantization_version", QuantizationVersion);
            writer.Set("general.file_type", (uint)ModelQuantizer.FileTypeNumber(quantization));
        }

        GgufProvenance.Write(writer, plan, quantization, adapterPath);
        LabelHeadMetadata.Write(writer, merge?.Heads ?? []);
        var tensors = new MergedModelWriter(baseFile, merge, types, importance);
        tensors.AddTensors(writer, cancellationToken);
        writer.Write(outputPath, cancellationToken);

        using GgufFile written = GgufFile.Open(outputPath);
        return new QuantizedFile(
            keepTypes ? QuantizationNames.Base : quantization.ToUpperInvariant(),
            QuantizedFile.TypeShare.Of(written),
            Fallbacks(baseFile, quantization, types),
            tensors.RoundingError,
            string.Join(", ", QuantizedFile.TypeShare.Of(baseFile).Select(share => share.Type).Where(type => type is not ("F32" or "F16" or "BF16"))));
    }

    /// <summary>Writes the file of a plain model: the base's own file byte for byte, or its weights in another type.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="outputPath">The file to write.</param>
    /// <param name="cancellationToken">Ends the work between groups of rows.</param>
    /// <exception cref="EdgeBuildException">EDGE3001.</exception>
    public static void RunPlain(TrainingPlan plan, string outputPath, CancellationToken cancellationToken)
    {
        if (QuantizationNames.KeepsBase(plan.Quantization))
        {
            File.Copy(plan.Base.Path, outputPath);
        }
        else
        {
            Run(plan, plan.Quantization, null, outputPath, new Dictionary<string, float[]>(), cancellationToken);
        }
    }

    /// <summary>Counts the matrices whose rows fit no large block, where the quantization asks for one.</summary>
    private static int Fallbacks(GgufFile baseFile, string quantization, IReadOnlyDictionary<string, GgmlType> types)
    {
        bool asksForLargeBlocks = quantization.Contains("_K", StringComparison.OrdinalIgnoreCase)
            || (quantization.StartsWith("IQ", StringComparison.OrdinalIgnoreCase) && !quantization.Equals("IQ4_NL", StringComparison.OrdinalIgnoreCase));
        return asksForLargeBlocks
            ? baseFile.Tensors.Count(tensor => tensor.RowLength % LargeBlock != 0 && GgmlTypes.BlockSize(types[tensor.Name]) is > 1 and < LargeBlock)
            : 0;
    }
}
