using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Merges the adapter into the base and quantizes.</summary>
public static class QuantizeStage
{
    private const string KeepBaseTypes = "Base";

    /// <summary>Tells whether the file keeps the type of every tensor of the base.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>Whether its quantization is <c>Base</c>.</returns>
    public static bool KeepsBaseTypes(TrainingPlan plan) => string.Equals(plan.Quantization, KeepBaseTypes, StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks the name of the quantization, before minutes are spent on a training.</summary>
    /// <param name="plan">The plan.</param>
    /// <exception cref="EdgeBuildException">EDGE3004: it is not known.</exception>
    public static void CheckName(TrainingPlan plan)
    {
        if (!KeepsBaseTypes(plan) && !ModelQuantizer.IsFileType(plan.Quantization))
        {
            throw new EdgeBuildException(
                ErrorCodes.UnknownQuantization,
                $"The quantization '{plan.Quantization}' is not known. Use Base or one of {string.Join(", ", ModelQuantizer.FileTypes)}.");
        }
    }

    /// <summary>Writes the model file.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="adapterPath">The GGUF adapter.</param>
    /// <param name="outputPath">The file to write.</param>
    /// <param name="cancellationToken">Ends the work between tensors.</param>
    /// <returns>The types that the file really has, for the report.</returns>
    /// <exception cref="EdgeBuildException">EDGE3001 or EDGE3002.</exception>
    public static string Run(TrainingPlan plan, string adapterPath, string outputPath, CancellationToken cancellationToken)
    {
        if (KeepsBaseTypes(plan))
        {
            WriteMerged(plan, adapterPath, outputPath, keepTypes: true, cancellationToken);
        }
        else
        {
            Quantize(plan, adapterPath, outputPath, cancellationToken);
        }

        using GgufFile written = GgufFile.Open(outputPath);
        return string.Join(", ", written.Tensors
            .GroupBy(tensor => tensor.Type)
            .OrderByDescending(group => group.Sum(tensor => tensor.ByteCount))
            .Select(group => $"{GgmlTypes.Name(group.Key)} {group.Sum(tensor => tensor.ByteCount) / 1e6:0.0} MB"));
    }

    /// <summary>Writes the file of a plain model: the base's own file byte for byte, or its weights in another type.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="outputPath">The file to write.</param>
    /// <param name="cancellationToken">Ends the work between tensors.</param>
    /// <exception cref="EdgeBuildException">EDGE3001.</exception>
    public static void RunPlain(TrainingPlan plan, string outputPath, CancellationToken cancellationToken)
    {
        if (KeepsBaseTypes(plan))
        {
            File.Copy(plan.Base.Path, outputPath);
        }
        else
        {
            Quantize(plan, null, outputPath, cancellationToken);
        }
    }

    private static void WriteMerged(TrainingPlan plan, string? adapterPath, string outputPath, bool keepTypes, CancellationToken cancellationToken)
    {
        using GgufFile baseFile = GgufFile.Open(plan.Base.Path, validate: false);
        using AdapterMerge? merge = adapterPath is null ? null : new AdapterMerge(adapterPath);
        using var writer = new GgufWriter(baseFile);
        writer.Set("edgebuild.base.sha256", plan.Base.Sha256);
        writer.Set("edgebuild.model.key", plan.ModelKey);
        LabelHeadMetadata.Write(writer, merge?.Heads ?? []);
        foreach (GgufTensor tensor in baseFile.Tensors)
        {
            bool adapted = merge?.Adapts(tensor.Name) == true;
            if (!adapted && (keepTypes || tensor.Type == GgmlType.F32))
            {
                writer.AddTensor(tensor);
                continue;
            }

            GgmlType type = keepTypes ? tensor.Type : GgmlType.F32;
            writer.AddTensor(tensor.Name, type, [.. tensor.Shape], stream => WriteTensor(tensor, adapted ? merge : null, type, stream, cancellationToken));
        }

        writer.Write(outputPath, cancellationToken);
    }

    private static void Quantize(TrainingPlan plan, string? adapterPath, string outputPath, CancellationToken cancellationToken)
    {
        // llama.cpp's quantizer reads a file. Full precision in between: quantizing twice would lose twice.
        string merged = outputPath + ".f32";
        try
        {
            WriteMerged(plan, adapterPath, merged, keepTypes: false, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            ModelQuantizer.Quantize(merged, outputPath, plan.Quantization, new ModelQuantizationOptions { ThreadCount = plan.Threads });
        }
        finally
        {
            File.Delete(merged);
        }
    }

    private static void WriteTensor(GgufTensor tensor, AdapterMerge? merge, GgmlType type, Stream stream, CancellationToken cancellationToken)
    {
        float[] weights = tensor.Dequantize();
        merge?.AddTo(tensor, weights);
        stream.Write(GgmlQuantizer.Quantize(type, weights, tensor.RowCount, tensor.RowLength, cancellationToken: cancellationToken));
    }
}
