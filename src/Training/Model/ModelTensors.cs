using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>The tensors of a model, read from its file into memory.</summary>
internal sealed record ModelTensors(
    List<BlockWeights> Blocks, Tensor Embedding, Tensor Head, Tensor? HeadBias, Matrix OutputNorm, float[]? RotaryFactors)
{
    /// <summary>Reads a model.</summary>
    /// <param name="source">Where the weights lie.</param>
    /// <param name="configuration">Its sizes.</param>
    /// <param name="type">The type of matrices.</param>
    /// <param name="device">Where they shall lie.</param>
    /// <param name="stream">Receives the matrices of blocks when they shall stay as they are stored; else null.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <returns>The tensors, detached from any dispose scope.</returns>
    public static ModelTensors Read(
        IWeightSource source, ModelConfiguration configuration, ScalarType type, Device device, BlockWeightStream? stream, CancellationToken cancellationToken)
    {
        ArchitectureDescription architecture = ArchitectureDescription.Of(configuration);
        using DisposeScope scope = NewDisposeScope();
        Tensor embedding = Weights("token_embd" + ArchitectureDescription.Weight, configuration.VocabularySize, configuration.EmbeddingLength);
        Tensor head = configuration.TiedHead
            ? embedding
            : Weights("output" + ArchitectureDescription.Weight, configuration.VocabularySize, configuration.EmbeddingLength);
        Matrix norm = Vector("output_norm" + ArchitectureDescription.Weight, configuration.EmbeddingLength);
        Tensor? headBias = source.Has("output.bias") ? Vector("output.bias", configuration.VocabularySize).Tensor : null;
        float[]? factors = source.RotaryFactors(architecture, configuration);

        var blocks = new List<BlockWeights>();
        for (int layer = 0; layer < configuration.LayerCount; layer++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LinearGroup[] groups = [.. architecture.Groups(configuration, layer).Select((parts, index) => Group(parts, layer, index))];
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
            Fill(tensor, source.Get(name, rows, columns));
            return tensor;
        }

        Matrix Norm(int layer, string name, int length) => Vector($"blk.{layer}.{name}{ArchitectureDescription.Weight}", length);

        Matrix Vector(string name, int length)
        {
            Tensor tensor = empty(1, length, dtype: ScalarType.Float32, device: device);
            Fill(tensor, source.Get(name, 1, length));
            return Matrix.Of(tensor);
        }

        LinearGroup Group(IReadOnlyList<LinearPart> parts, int layer, int index)
        {
            int outputs = parts.Sum(part => part.OutputLength);
            Tensor weight = stream?.Take(index, outputs, parts[0].InputLength) ?? empty(outputs, parts[0].InputLength, dtype: type, device: device);
            bool hasBias = parts.Any(part => source.Has(BiasName(part)));
            Tensor? bias = hasBias ? zeros(outputs, dtype: type, device: device) : null;
            int start = 0;
            foreach (LinearPart part in parts)
            {
                using DisposeScope partScope = NewDisposeScope();
                Tensor target = weight.narrow(0, start, part.OutputLength);
                IStoredMatrix stored = source.Get(part.TensorName, part.OutputLength, part.InputLength);
                if (stream is null)
                {
                    Fill(target, stored);
                }
                else
                {
                    stream.Add(layer, target, stored);
                }

                if (bias is not null && source.Has(BiasName(part)))
                {
                    Tensor values = Vector(BiasName(part), part.OutputLength).Tensor;
                    bias.narrow(0, start, part.OutputLength).copy_(values.view(part.OutputLength));
                }

                start += part.OutputLength;
            }

            return new LinearGroup([.. parts.Select(part => new LinearRange(part, 0, part.OutputLength))], weight, bias);
        }

        static void Fill(Tensor target, IStoredMatrix stored)
        {
            using DisposeScope fillScope = NewDisposeScope();
            WeightConversion.Fill(target, stored, WeightConversion.Between(target));
        }
    }

    private static string BiasName(LinearPart part) => part.TensorName[..^ArchitectureDescription.Weight.Length] + ".bias";
}
