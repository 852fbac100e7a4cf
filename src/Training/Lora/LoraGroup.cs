using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Views of the adapter's matrices for a group of layers with the same input, and of their gradients. B already holds the scale α / r.</summary>
internal sealed class LoraGroup : IDisposable
{
    private readonly List<Tensor> _owned = [];

    private LoraGroup(IReadOnlyList<LoraGroupPart> parts, Tensor a, Tensor aTransposed, Tensor? aGradient)
    {
        Parts = parts;
        A = a;
        ATransposed = aTransposed;
        AGradient = aGradient;
        Rank = parts.Sum(part => part.Rank);
    }

    /// <summary>Gets the adapted layers of the group.</summary>
    public IReadOnlyList<LoraGroupPart> Parts { get; }

    /// <summary>Gets the sum of the ranks.</summary>
    public int Rank { get; }

    /// <summary>Gets the stacked A's, [sum of ranks, input].</summary>
    public Tensor A { get; }

    /// <summary>Gets the transposed view of <see cref="A"/>.</summary>
    public Tensor ATransposed { get; }

    /// <summary>Gets the gradient of <see cref="A"/>, or null outside training.</summary>
    public Tensor? AGradient { get; }

    /// <summary>Makes the views for a group.</summary>
    /// <param name="group">The layers.</param>
    /// <param name="layout">The places.</param>
    /// <param name="scale">α / r of a slot.</param>
    /// <param name="values">The flat parameter in the compute type, B scaled.</param>
    /// <param name="gradient">The flat gradient, or null.</param>
    /// <returns>The views, or null when no layer of the group is adapted.</returns>
    public static LoraGroup? Create(LinearGroup group, LoraLayout layout, Func<LoraSlot, double> scale, Tensor values, Tensor? gradient)
    {
        var parts = new List<LoraGroupPart>();
        var owned = new List<Tensor>();
        int outputStart = 0;
        int rankStart = 0;
        long firstA = -1;
        foreach (LinearRange range in group.Ranges)
        {
            if (layout.Find(range.Part.TensorName) is { } slot)
            {
                firstA = firstA < 0 ? slot.FirstA : firstA;
                Tensor b = Keep(Columns(values, slot, range));
                Tensor? bGradient = gradient is null ? null : Keep(Columns(gradient, slot, range));
                parts.Add(new LoraGroupPart(rankStart, slot.Rank, outputStart, range.Length, (float)scale(slot), b, Keep(b.t()), bGradient));
                rankStart += slot.Rank;
            }

            outputStart += range.Length;
        }

        if (parts.Count == 0)
        {
            return null;
        }

        long length = (long)rankStart * group.InputLength;
        Tensor a = Keep(values.narrow(0, firstA, length).view(rankStart, group.InputLength));
        Tensor? aGradient = gradient is null ? null : Keep(gradient.narrow(0, firstA, length).view(rankStart, group.InputLength));
        var result = new LoraGroup(parts, a, Keep(a.t()), aGradient);
        result._owned.AddRange(owned);
        return result;

        Tensor Keep(Tensor tensor)
        {
            owned.Add(tensor.DetachFromDisposeScope());
            return tensor;
        }
    }

    /// <summary>The columns of Bᵀ for some of a layer's outputs.</summary>
    private static Tensor Columns(Tensor values, LoraSlot slot, LinearRange range)
    {
        Tensor all = values.narrow(0, slot.FirstB, slot.LengthB).view(slot.Rank, slot.Part.OutputLength);
        return range.Length == slot.Part.OutputLength ? all : all.narrow(1, range.Start, range.Length);
    }

    /// <inheritdoc/>
    public void Dispose() => _owned.ForEach(tensor => tensor.Dispose());
}
