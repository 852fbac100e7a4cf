using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>
/// The matrices of blocks that stay quantized: memory in the compute type for one block, which every block uses in turn. Fewer bytes than the
/// whole model in the compute type, at the cost of converting a block before each use.
/// </summary>
/// <param name="weights">Where the weights lie; disposed of with this.</param>
/// <param name="type">The compute type.</param>
/// <param name="device">Where blocks are used.</param>
internal sealed class BlockWeightStream(IWeightSource weights, ScalarType type, Device device) : IDisposable
{
    private readonly Dictionary<(int Group, int Rows, int Columns), Tensor> _memory = [];
    private readonly Dictionary<int, List<(Tensor Target, IStoredMatrix Source)>> _blocks = [];
    private readonly List<Tensor> _owned = [];
    private Tensor? _between;
    private int _loaded = -1;

    /// <summary>Gets memory for a group of layers, shared with the same group of other blocks.</summary>
    /// <param name="group">The number of the group in its block.</param>
    /// <param name="rows">The rows of the stacked matrices.</param>
    /// <param name="columns">The values of a row.</param>
    /// <returns>A handle that the receiver disposes of.</returns>
    public Tensor Take(int group, int rows, int columns)
    {
        if (!_memory.TryGetValue((group, rows, columns), out Tensor? memory))
        {
            memory = empty(rows, columns, dtype: type, device: device).DetachFromDisposeScope();
            _memory.Add((group, rows, columns), memory);
        }

        return memory.narrow(0, 0, rows);
    }

    /// <summary>Says what is to be read before a block is used.</summary>
    /// <param name="layer">The block.</param>
    /// <param name="target">Rows of a matrix of <see cref="Take"/>.</param>
    /// <param name="source">Their weights.</param>
    public void Add(int layer, Tensor target, IStoredMatrix source)
    {
        if (!_blocks.TryGetValue(layer, out List<(Tensor Target, IStoredMatrix Source)>? parts))
        {
            _blocks.Add(layer, parts = []);
        }

        _owned.Add(target.DetachFromDisposeScope());
        parts.Add((target, source));
    }

    /// <summary>Puts a block's matrices into memory unless they are there.</summary>
    /// <param name="layer">The block.</param>
    public void Load(int layer)
    {
        if (_loaded == layer || !_blocks.TryGetValue(layer, out List<(Tensor Target, IStoredMatrix Source)>? parts))
        {
            return;
        }

        // Until the last matrix is there, the memory belongs to no block.
        _loaded = -1;
        foreach ((Tensor target, IStoredMatrix source) in parts)
        {
            if (_between is null || _between.numel() < target.shape[^1])
            {
                _between?.Dispose();
                _between = WeightConversion.Between(target)?.DetachFromDisposeScope();
            }

            WeightConversion.Fill(target, source, _between);
        }

        _loaded = layer;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _owned.ForEach(tensor => tensor.Dispose());
        foreach (Tensor tensor in _memory.Values)
        {
            tensor.Dispose();
        }

        _between?.Dispose();
        weights.Dispose();
    }
}
