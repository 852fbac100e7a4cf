using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>An adapter in the form in which products use it: a copy in the compute type whose B's are scaled, and memory for gradients.</summary>
internal sealed class LoraState : IDisposable
{
    private readonly LoraAdapter _adapter;
    private readonly Tensor _values;
    private readonly Tensor? _passGradient;
    private readonly Dictionary<LinearGroup, LoraGroup?> _groups = [];
    private readonly bool _accumulatesInPlace;
    private bool _hasGradient;

    /// <summary>Initializes a new instance of the <see cref="LoraState"/> class.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="adapter">The adapter; call <see cref="Refresh"/> after changing it.</param>
    /// <param name="training">Whether gradients are wanted.</param>
    public LoraState(BaseModel model, LoraAdapter adapter, bool training)
    {
        _adapter = adapter;
        _values = empty(adapter.Layout.Length, dtype: model.Type, device: model.Device).DetachFromDisposeScope();
        _accumulatesInPlace = model.Type == ScalarType.Float32;
        if (training)
        {
            Gradient = zeros(adapter.Parameters.numel(), dtype: ScalarType.Float32, device: model.Device).DetachFromDisposeScope();
            _passGradient = _accumulatesInPlace ? Gradient : zeros(adapter.Layout.Length, dtype: model.Type, device: model.Device).DetachFromDisposeScope();
        }

        Heads = new LabelHeadPass(adapter, Gradient);
        Refresh();
    }

    /// <summary>Gets the label heads.</summary>
    public LabelHeadPass Heads { get; }

    /// <summary>Gets the gradient of the flat parameter in 32-bit floats, or null outside training.</summary>
    public Tensor? Gradient { get; }

    /// <summary>Gets the largest rank of the adapter.</summary>
    public int LargestRank => _adapter.Rank;

    /// <summary>Gets how much of the old gradient a product must keep: 1 when it adds to that of an earlier pass of the same step.</summary>
    public float GradientBeta => _accumulatesInPlace && _hasGradient ? 1 : 0;

    /// <summary>Takes over the adapter's present values.</summary>
    public void Refresh()
    {
        using DisposeScope scope = NewDisposeScope();
        LoraLayout layout = _adapter.Layout;
        _values.copy_(_adapter.Parameters.narrow(0, 0, layout.Length));
        if (layout.Slots.Select(_adapter.ScaleOf).Distinct().Count() == 1)
        {
            _values.narrow(0, layout.LengthA, layout.Length - layout.LengthA).mul_((float)_adapter.ScaleOf(layout.Slots[0]));
            return;
        }

        foreach (LoraSlot slot in layout.Slots)
        {
            _values.narrow(0, slot.FirstB, slot.LengthB).mul_((float)_adapter.ScaleOf(slot));
        }
    }

    /// <summary>Forgets the gradient of the last step.</summary>
    public void ClearGradient()
    {
        _hasGradient = false;
        if (_adapter.Heads.Count > 0)
        {
            // Products of the layers overwrite their part; heads always add.
            long layers = _adapter.Layout.Length;
            using Tensor heads = Gradient!.narrow(0, layers, Gradient.numel() - layers);
            heads.zero_();
        }
    }

    /// <summary>Adds the gradient of a finished pass to that of the step.</summary>
    public void EndPass()
    {
        if (!_accumulatesInPlace)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor layers = Gradient!.narrow(0, 0, _adapter.Layout.Length);
            _ = _hasGradient ? layers.add_(_passGradient!) : layers.copy_(_passGradient!);
        }

        _hasGradient = true;
    }

    /// <summary>Gets the views for a group of layers.</summary>
    /// <param name="group">The layers, or a slice of a group.</param>
    /// <returns>The views, or null when none of the layers is adapted.</returns>
    public LoraGroup? For(LinearGroup group)
    {
        if (!_groups.TryGetValue(group, out LoraGroup? views))
        {
            views = LoraGroup.Create(group, _adapter.Layout, _adapter.ScaleOf, _values, _passGradient);
            _groups.Add(group, views);
        }

        return views;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (LoraGroup? group in _groups.Values)
        {
            group?.Dispose();
        }

        _values.Dispose();
        if (!ReferenceEquals(_passGradient, Gradient))
        {
            _passGradient?.Dispose();
        }

        Gradient?.Dispose();
    }
}
