using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Memory that all blocks of a pass use one after the other.</summary>
internal sealed class GradientBuffers : IDisposable
{
    private readonly List<MatrixBuffer> _buffers = [];
    private readonly Device _device;

    /// <summary>Initializes a new instance of the <see cref="GradientBuffers"/> class.</summary>
    /// <param name="configuration">The sizes.</param>
    /// <param name="rank">The rank of the adapter, or 0.</param>
    /// <param name="type">The compute type.</param>
    /// <param name="device">Where they lie.</param>
    public GradientBuffers(ModelConfiguration configuration, int rank, ScalarType type, Device device)
    {
        _device = device;
        int width = configuration.EmbeddingLength;
        Delta = Add(width, type);
        Residual = Add(width, ScalarType.Float32);
        OutputResidual = Add(width, ScalarType.Float32);
        ResidualCopy = Add(width, type);
        Normalized = Add(width, type);
        NormalizedRows = Add(width, type);
        Attended = Add(configuration.QueryLength, type);
        QueryKeyValue = Add(configuration.QueryLength + (2 * configuration.KeyLength), type);
        Query = Add(configuration.QueryLength, type);
        Product = Add(configuration.FeedForwardLength, type);
        Branch = Add(width, type);
        Projected = Add(Math.Max(1, 3 * rank), type);
    }

    /// <summary>Gets the change of the residual stream, forward.</summary>
    public MatrixBuffer Delta { get; }

    /// <summary>Gets the gradient of the residual stream.</summary>
    public MatrixBuffer Residual { get; }

    /// <summary>Gets the gradient of the residual stream of the output rows, above the last attention.</summary>
    public MatrixBuffer OutputResidual { get; }

    /// <summary>Gets the gradient of the residual stream in the compute type.</summary>
    public MatrixBuffer ResidualCopy { get; }

    public MatrixBuffer Normalized { get; }

    public MatrixBuffer NormalizedRows { get; }

    public MatrixBuffer Attended { get; }

    public MatrixBuffer QueryKeyValue { get; }

    public MatrixBuffer Query { get; }

    public MatrixBuffer Product { get; }

    /// <summary>Gets the gradient of a branch's result before its norm.</summary>
    public MatrixBuffer Branch { get; }

    /// <summary>Gets v of <see cref="LinearProducts"/>.</summary>
    public MatrixBuffer Projected { get; }

    /// <summary>The bytes of a row in all buffers; the few output rows are not counted.</summary>
    /// <param name="architecture">What decides which ones are used.</param>
    /// <returns>Bytes.</returns>
    public long BytesPerRow(ArchitectureDescription architecture)
    {
        MatrixBuffer[] branches = architecture.NormalizesBranches ? [] : [Branch];
        return _buffers.Except([OutputResidual, NormalizedRows, Query, .. branches]).Sum(buffer => buffer.BytesPerRow);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());

    private MatrixBuffer Add(int columns, ScalarType type)
    {
        var buffer = new MatrixBuffer(columns, type, _device);
        _buffers.Add(buffer);
        return buffer;
    }
}
