using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>What the forward step of a block leaves for its backward step. A buffer has memory only once it is used.</summary>
internal sealed class BlockActivations : IDisposable
{
    private readonly List<MatrixBuffer> _buffers = [];

    /// <summary>Initializes a new instance of the <see cref="BlockActivations"/> class.</summary>
    /// <param name="configuration">The sizes.</param>
    /// <param name="rank">The rank of the adapter, or 0.</param>
    /// <param name="type">The compute type.</param>
    /// <param name="device">Where they lie.</param>
    public BlockActivations(ModelConfiguration configuration, int rank, ScalarType type, Device device)
    {
        int width = configuration.EmbeddingLength;
        Input = Add(width, ScalarType.Float32);
        InputRows = Add(width, ScalarType.Float32);
        InverseRms = Add(1, ScalarType.Float32);
        Normalized = Add(width, type);
        NormalizedRows = Add(width, type);
        QueryKeyValue = Add(configuration.QueryLength + (2 * configuration.KeyLength), type);
        Query = Add(configuration.QueryLength, type);
        NormalizedQuery = Add(configuration.QueryLength, type);
        NormalizedKey = Add(configuration.KeyLength, type);
        QueryInverseRms = Add(configuration.HeadCount, ScalarType.Float32);
        KeyInverseRms = Add(configuration.KeyValueHeadCount, ScalarType.Float32);
        Attended = Add(configuration.QueryLength, type);
        LogSums = Add(configuration.HeadCount, ScalarType.Float32);
        Middle = Add(width, ScalarType.Float32);
        MiddleInverseRms = Add(1, ScalarType.Float32);
        MiddleNormalized = Add(width, type);
        GateAndUp = Add(2 * configuration.FeedForwardLength, type);
        Product = Add(configuration.FeedForwardLength, type);
        AttentionBranch = Add(width, type);
        AttentionBranchInverseRms = Add(1, ScalarType.Float32);
        FeedForwardBranch = Add(width, type);
        FeedForwardBranchInverseRms = Add(1, ScalarType.Float32);
        if (rank > 0)
        {
            AttentionInputLora = Add(3 * rank, type);
            QueryLora = Add(rank, type);
            AttentionOutputLora = Add(rank, type);
            FeedForwardInputLora = Add(2 * rank, type);
            FeedForwardOutputLora = Add(rank, type);
        }

        MatrixBuffer Add(int columns, ScalarType elementType)
        {
            var buffer = new MatrixBuffer(columns, elementType, device);
            _buffers.Add(buffer);
            return buffer;
        }
    }

    public MatrixBuffer Input { get; }

    public MatrixBuffer InputRows { get; }

    public MatrixBuffer InverseRms { get; }

    public MatrixBuffer Normalized { get; }

    public MatrixBuffer NormalizedRows { get; }

    public MatrixBuffer QueryKeyValue { get; }

    public MatrixBuffer Query { get; }

    /// <summary>Gets q after norm and rotation where an architecture normalizes heads; else it lies in <see cref="QueryKeyValue"/>.</summary>
    public MatrixBuffer NormalizedQuery { get; }

    /// <summary>Gets k after norm and rotation, as <see cref="NormalizedQuery"/>.</summary>
    public MatrixBuffer NormalizedKey { get; }

    public MatrixBuffer QueryInverseRms { get; }

    public MatrixBuffer KeyInverseRms { get; }

    public MatrixBuffer Attended { get; }

    public MatrixBuffer LogSums { get; }

    public MatrixBuffer Middle { get; }

    public MatrixBuffer MiddleInverseRms { get; }

    public MatrixBuffer MiddleNormalized { get; }

    public MatrixBuffer GateAndUp { get; }

    public MatrixBuffer Product { get; }

    /// <summary>Gets the result of attention before its norm, where an architecture has one.</summary>
    public MatrixBuffer AttentionBranch { get; }

    public MatrixBuffer AttentionBranchInverseRms { get; }

    /// <summary>Gets the result of the feed-forward part before its norm, where an architecture has one.</summary>
    public MatrixBuffer FeedForwardBranch { get; }

    public MatrixBuffer FeedForwardBranchInverseRms { get; }

    public MatrixBuffer? AttentionInputLora { get; }

    public MatrixBuffer? QueryLora { get; }

    public MatrixBuffer? AttentionOutputLora { get; }

    public MatrixBuffer? FeedForwardInputLora { get; }

    public MatrixBuffer? FeedForwardOutputLora { get; }

    /// <summary>The bytes of a row in all buffers that a block which is not the last one uses.</summary>
    /// <param name="architecture">What decides which ones it uses.</param>
    /// <returns>Bytes.</returns>
    public long BytesPerRow(ArchitectureDescription architecture)
    {
        MatrixBuffer?[] lastBlock = [InputRows, NormalizedRows, Query, QueryLora];
        MatrixBuffer?[] heads = architecture.NormalizesHeads ? [] : [NormalizedQuery, NormalizedKey, QueryInverseRms, KeyInverseRms];
        MatrixBuffer?[] branches = architecture.NormalizesBranches
            ? []
            : [AttentionBranch, AttentionBranchInverseRms, FeedForwardBranch, FeedForwardBranchInverseRms];
        return _buffers.Except([.. lastBlock, .. heads, .. branches]).Sum(buffer => buffer!.BytesPerRow);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());
}
