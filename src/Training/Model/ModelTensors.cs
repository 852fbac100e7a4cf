using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>The tensors of a model, read from its file into memory.</summary>
internal sealed record ModelTensors(
    List<BlockWeights> Blocks, Tensor Embedding, Tensor Head, Tensor? HeadBias, Matrix OutputNorm, float[]? RotaryFactors)
{
    /// <summary>Values that are dequantized at once, so that a large matrix is never in memory twice.</summary>
    private const long ValuesAtOnce = 1 << 24;

    /// <summary>Reads a model.</summary>
    /// <param name="file">The file.</param>
    /// <param name="configuration">Its sizes.</param>
    /// <param name="type">The type of matrices.</param>
    /// <param name="device">Where they shall lie.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>The tensors, detached from any dispose scope.</returns>
    public static ModelTensors Read(GgufFile file, ModelConfiguration configuration, ScalarType type, Device device, CancellationToken cancellationToken)
    {
        ArchitectureDescription architecture = ArchitectureDescription.Of(configuration);
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = Weights("token_embd" + ArchitectureDescription.Weight, configuration.VocabularySize, configuration.EmbeddingLength);
        Tensor head = configuration.TiedHead
            ? embedding
            : Weights("output" + ArchitectureDescription.Weight, configuration.VocabularySize, configuration.EmbeddingLength);
        Matrix norm = Vector("output_norm" + ArchitectureDescription.Weight, configuration.EmbeddingLength);
        Tensor? headBias = file.FindTensor("output.bias") is null ? null : Vector("output.bias", configuration.VocabularySize).Tensor;
        GgufTensor? factorTensor = architecture.RotaryFactors(file);
        float[]? factors = factorTensor?.Dequantize();
        if (factors is not null && factors.Length < configuration.RopeDimensionCount / 2)
        {
            throw Shape(factorTensor!.Name);
        }

        var blocks = new List<BlockWeights>();
        for (int layer = 0; layer < configuration.LayerCount; layer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LinearGroup[] groups = [.. architecture.Groups(configuration, layer).Select(Group)];
            blocks.Add(new BlockWeights
            {
                AttentionNorm = Norm(layer, "attn_norm", configuration.EmbeddingLength),
                FeedForwardNorm = Norm(layer, "ffn_norm", configuration.EmbeddingLength),
                QueryNorm = architecture.NormalizesHeads ? Norm(layer, "attn_q_norm", configuration.HeadLength) : null,
                KeyNorm = architecture.NormalizesHeads ? Norm(layer, "attn_k_norm", configuration.HeadLength) : null,
                AttentionBranchNorm = architecture.NormalizesBranches ? Norm(layer, "post_attention_norm", configuration.EmbeddingLength) : null,
                FeedForwardBranchNorm = architecture.NormalizesBranches ? Norm(layer, "post_ffw_norm", configuration.EmbeddingLength) : null,
                AttentionInput = groups[0],
                QueryOnly = groups[0].Slice(0, configuration.QueryLength),
                KeyAndValueOnly = groups[0].Slice(configuration.QueryLength, 2 * configuration.KeyLength),
                AttentionOutput = groups[1],
                FeedForwardInput = groups[2],
                FeedForwardOutput = groups[3],
            });
        }

        // Only now, so that an error or a cancellation on the way leaves nothing in memory.
        scope.Detach([.. scope.DisposablesView]);
        return new ModelTensors(blocks, embedding, head, headBias, norm, factors);

        Tensor Weights(string name, int rows, int columns)
        {
            Tensor tensor = empty(rows, columns, dtype: type, device: device);
            Fill(tensor, ArchitectureDescription.RequiredTensor(file, name), rows, columns);
            return tensor;
        }

        Matrix Norm(int layer, string name, int length) => Vector($"blk.{layer}.{name}{ArchitectureDescription.Weight}", length);

        Matrix Vector(string name, int length)
        {
            Tensor tensor = empty(1, length, dtype: ScalarType.Float32, device: device);
            Fill(tensor, ArchitectureDescription.RequiredTensor(file, name), 1, length);
            return Matrix.Of(tensor);
        }

        LinearGroup Group(IReadOnlyList<LinearPart> parts)
        {
            int outputs = parts.Sum(part => part.OutputLength);
            Tensor weight = empty(outputs, parts[0].InputLength, dtype: type, device: device);
            bool hasBias = parts.Any(part => file.FindTensor(BiasName(part)) is not null);
            Tensor? bias = hasBias ? zeros(outputs, dtype: type, device: device) : null;
            int start = 0;
            foreach (LinearPart part in parts)
            {
                using DisposeScope partScope = NewDisposeScope();
                Fill(weight.narrow(0, start, part.OutputLength), ArchitectureDescription.RequiredTensor(file, part.TensorName), part.OutputLength, part.InputLength);
                if (bias is not null && file.FindTensor(BiasName(part)) is not null)
                {
                    Tensor values = Vector(BiasName(part), part.OutputLength).Tensor;
                    bias.narrow(0, start, part.OutputLength).copy_(values.view(part.OutputLength));
                }

                start += part.OutputLength;
            }

            return new LinearGroup([.. parts.Select(part => new LinearRange(part, 0, part.OutputLength))], weight, bias);
        }

        void Fill(Tensor target, GgufTensor source, int rows, int columns)
        {
            if (source.RowLength != columns || source.RowCount != rows)
            {
                throw Shape(source.Name);
            }

            int rowsAtOnce = (int)Math.Max(1, Math.Min(rows, ValuesAtOnce / columns));
            using DisposeScope fillScope = NewDisposeScope();
            Tensor part = empty(rowsAtOnce, columns, dtype: ScalarType.Float32);
            for (int row = 0; row < rows; row += rowsAtOnce)
            {
                int count = Math.Min(rowsAtOnce, rows - row);
                unsafe
                {
                    source.Dequantize(row, count, new Span<float>((void*)Matrix.AddressOf(part), checked(count * columns)));
                }

                target.narrow(0, row, count).copy_(part.narrow(0, 0, count));
            }
        }

        EdgeBuildException Shape(string name) => new(
            ErrorCodes.UnsupportedArchitecture, $"The tensor '{name}' has not the shape that the model's metadata give. Use an unmodified model file.", file.Path);
    }

    private static string BiasName(LinearPart part) => part.TensorName[..^ArchitectureDescription.Weight.Length] + ".bias";
}
