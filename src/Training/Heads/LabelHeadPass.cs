using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Forward and backward of label heads, in 32-bit floats: they are small, and their rows few.</summary>
/// <param name="adapter">The adapter with the heads.</param>
/// <param name="gradient">The gradient of the adapter's flat parameter, or null outside training.</param>
internal sealed class LabelHeadPass(LoraAdapter adapter, Tensor? gradient)
{
    /// <summary>Computes the losses of a batch and, on request, gradients.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="hidden">The normalized hidden states of the output rows.</param>
    /// <param name="hiddenGradient">The gradient of <paramref name="hidden"/>, to which that of the heads is added; null for losses only.</param>
    /// <param name="gradientScale">The factor of gradients.</param>
    /// <returns>weight · −log p(label) of every <see cref="TokenBatch.Labels"/>, and how many of them were not the most probable ones.</returns>
    public (double[] Losses, int Wrong) Losses(TokenBatch batch, Matrix hidden, Matrix? hiddenGradient, float gradientScale)
    {
        var losses = new double[batch.Labels.Count];
        int wrong = 0;
        foreach ((int head, int[] indices) in ByHead(batch))
        {
            using DisposeScope scope = NewDisposeScope();
            BatchLabel[] labels = [.. indices.Select(index => batch.Labels[index])];
            Tensor rows = Indices(labels, label => label.Output, hidden.Tensor.device);
            Tensor targets = Indices(labels, label => label.Label, hidden.Tensor.device).unsqueeze(1);
            Tensor weights = from_array(labels.Select(label => label.Weight).ToArray()).to(hidden.Tensor.device).unsqueeze(1);
            Tensor input = hidden.Tensor.index_select(0, rows).to(ScalarType.Float32);
            (Tensor weight, Tensor bias) = adapter.HeadViews(adapter.Parameters, head);
            Tensor logProbabilities = Logits(input, weight, bias).log_softmax(1);
            wrong += (int)logProbabilities.argmax(1, keepdim: true).ne(targets).sum().cpu().item<long>();
            float[] values = logProbabilities.gather(1, targets).mul(weights).neg().cpu().view(-1).data<float>().ToArray();
            for (int index = 0; index < indices.Length; index++)
            {
                losses[indices[index]] = values[index];
            }

            if (hiddenGradient is { } target)
            {
                Tensor logits = logProbabilities.exp_();
                logits.scatter_add_(1, targets, full(labels.Length, 1, -1f, dtype: ScalarType.Float32, device: logits.device));
                logits.mul_(weights).mul_(gradientScale);
                (Tensor weightGradient, Tensor biasGradient) = adapter.HeadViews(gradient!, head);
                weightGradient.addmm_(logits.t(), input, 1, 1);
                biasGradient.add_(logits.sum([0L]));
                target.Tensor.index_add_(0, rows, logits.mm(weight).to(target.Type), 1);
            }
        }

        return (losses, wrong);
    }

    /// <summary>Computes the probabilities of all labels.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="hidden">The normalized hidden states of the output rows.</param>
    /// <returns>For each <see cref="TokenBatch.Labels"/> one probability for each label of its head.</returns>
    public float[][] Probabilities(TokenBatch batch, Matrix hidden)
    {
        var probabilities = new float[batch.Labels.Count][];
        foreach ((int head, int[] indices) in ByHead(batch))
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor rows = Indices([.. indices.Select(index => batch.Labels[index])], label => label.Output, hidden.Tensor.device);
            (Tensor weight, Tensor bias) = adapter.HeadViews(adapter.Parameters, head);
            Tensor values = Logits(hidden.Tensor.index_select(0, rows).to(ScalarType.Float32), weight, bias).softmax(1).cpu();
            float[][] byRow = [.. values.view(-1).data<float>().ToArray().Chunk((int)values.shape[1])];
            for (int index = 0; index < indices.Length; index++)
            {
                probabilities[indices[index]] = byRow[index];
            }
        }

        return probabilities;
    }

    private static IEnumerable<(int Head, int[] Indices)> ByHead(TokenBatch batch) =>
        Enumerable.Range(0, batch.Labels.Count).GroupBy(index => batch.Labels[index].Head).Select(group => (group.Key, group.ToArray()));

    private static Tensor Logits(Tensor input, Tensor weight, Tensor bias) => input.mm(weight.t()).add_(bias);

    private static Tensor Indices(BatchLabel[] labels, Func<BatchLabel, int> value, Device device) =>
        tensor(labels.Select(label => (long)value(label)).ToArray()).to(device);
}
