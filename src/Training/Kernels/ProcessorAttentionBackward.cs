using System.Buffers;
using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>
/// Backward of <see cref="ProcessorAttention{T}"/>: with P the softmax and s the scale, dV = Pᵀ dO, dS = P · (dO Vᵀ − Σ dO · O), dQ = s · dS K,
/// dK = s · dSᵀ Q. P is computed again from the saved sums. Gradients of a shared prefix are summed in a fixed order, whatever the thread count.
/// </summary>
/// <typeparam name="T">The compute type.</typeparam>
internal sealed unsafe class ProcessorAttentionBackward<T>
    where T : struct, IElement
{
    private const int Lanes = 8;
    private const int MostChunks = 8;

    private readonly AttentionShape _shape;
    private readonly AttentionPiece[] _pieces;
    private readonly AttentionTensors _tensors;
    private readonly int _prefix;
    private readonly int _chunkCount;
    private readonly int _prefixSumsLength;
    private readonly int _width;
    private float[] _prefixSums = [];

    public ProcessorAttentionBackward(AttentionShape shape, AttentionPiece[] pieces, AttentionTensors tensors)
    {
        _shape = shape;
        _pieces = pieces;
        _tensors = tensors;
        _width = SmallProducts.Pad(shape.HeadLength);
        _prefix = pieces.Max(piece => piece.Segment.PrefixLength);
        _chunkCount = _prefix == 0 ? pieces.Length : Math.Min(MostChunks, pieces.Length);
        _prefixSumsLength = checked(_chunkCount * shape.KeyValueHeadCount * 2 * _prefix * _width);
    }

    /// <summary>Computes all gradients.</summary>
    public void Run()
    {
        if (_pieces.Sum(piece => piece.QueryOffsets[^1] + 1) < _tensors.Key.Rows)
        {
            RowSums<T>.Clear(_tensors.KeyGradient);
            RowSums<T>.Clear(_tensors.ValueGradient);
        }

        // A megabyte for each layer and step: from the pool, or every one of them is fresh memory from the system.
        _prefixSums = ArrayPool<float>.Shared.Rent(_prefixSumsLength);
        _prefixSums.AsSpan(0, _prefixSumsLength).Clear();
        int heads = _shape.KeyValueHeadCount;
        ParallelRows.RunItems(_chunkCount * heads, item => Chunk(item / heads, item % heads));
        if (_prefix > 0)
        {
            ParallelRows.RunItems(heads, WritePrefix);
        }

        ArrayPool<float>.Shared.Return(_prefixSums);
    }

    private void Chunk(int chunk, int keyHead)
    {
        int first = (int)((long)chunk * _pieces.Length / _chunkCount);
        int end = (int)((long)(chunk + 1) * _pieces.Length / _chunkCount);
        for (int index = first; index < end; index++)
        {
            Piece(_pieces[index], chunk, keyHead);
        }
    }

    private void Piece(AttentionPiece piece, int chunk, int keyHead)
    {
        int length = _shape.HeadLength;
        int keys = ProcessorAttention<T>.Visible(piece, piece.QueryCount - 1);
        int stride = SmallProducts.Pad(keys);
        const int block = ProcessorAttention<T>.QueryBlock;
        Scratch scratch = Scratch.Begin(
            (2 * (nint)length * stride) + (3 * (nint)keys * _width) + (block * ((3 * (nint)_width) + (2 * (nint)stride) + 1)) + 512);
        float* keyColumns = scratch.Take((nint)length * stride);
        float* valueColumns = scratch.Take((nint)length * stride);
        float* keyRows = scratch.Take((nint)keys * _width);
        float* keyGradient = scratch.Take((nint)keys * _width);
        float* valueGradient = scratch.Take((nint)keys * _width);
        var work = new AttentionWork(
            scratch.Take(block * _width),
            scratch.Take(block * _width),
            scratch.Take(block * _width),
            scratch.Take((nint)block * stride),
            scratch.Take((nint)block * stride),
            scratch.Take(block));
        int column = keyHead * length;
        ProcessorAttention<T>.PackColumns(_tensors.Key, piece, keys, column, length, keyColumns, stride);
        ProcessorAttention<T>.PackColumns(_tensors.Value, piece, keys, column, length, valueColumns, stride);
        ProcessorAttention<T>.PackRows(_tensors.Key, piece, keys, column, length, keyRows, _width);
        AttentionPacking<T>.Zero(keyGradient, (nint)keys * _width);
        AttentionPacking<T>.Zero(valueGradient, (nint)keys * _width);
        for (int head = keyHead * _shape.GroupLength; head < (keyHead + 1) * _shape.GroupLength; head++)
        {
            for (int first = 0; first < piece.QueryCount; first += block)
            {
                int count = Math.Min(block, piece.QueryCount - first);
                Pack(piece, first, count, head, work);
                Scores(piece, first, count, head, work, keyColumns, valueColumns, stride);
                for (int row = 0; row < count; row += SmallProducts.RowBlock)
                {
                    int rows = Math.Min(SmallProducts.RowBlock, count - row);
                    int visible = ProcessorAttention<T>.Visible(piece, first + row + rows - 1);
                    int from = ProcessorAttention<T>.FirstComputed(_shape, piece, first + row);
                    float* gradients = work.ScoreGradients + ((nint)row * stride) + from;
                    SmallProducts.Multiply(
                        rows, _width, visible - from, gradients, stride, 1, keyRows + ((nint)from * _width), _width, work.Results + (row * _width), _width, accumulate: false);
                }

                AttentionPacking<T>.Write(work.Results, _width, count, _shape.Scale, _tensors.QueryGradient, piece.QueryStart + first, head * length, length);
                AddKeyGradients(piece, first, count, work, stride, keys, keyGradient, valueGradient);
            }
        }

        Store(piece, chunk, keyHead, keys, keyGradient, valueGradient);
    }

    private void Pack(AttentionPiece piece, int first, int count, int head, AttentionWork work)
    {
        int length = _shape.HeadLength;
        int row = piece.QueryStart + first;
        AttentionPacking<T>.Rows(_tensors.Query, row, count, head * length, length, _shape.Scale, work.Queries, _width);
        AttentionPacking<T>.Rows(_tensors.OutputGradient, row, count, head * length, length, 1, work.OutputGradients, _width);
        AttentionPacking<T>.Rows(_tensors.Output, row, count, head * length, length, 1, work.Results, _width);
        for (int index = 0; index < count; index++)
        {
            Vector256<float> sums = default;
            for (int position = 0; position < _width; position += Lanes)
            {
                int at = (index * _width) + position;
                sums = Vector256.MultiplyAddEstimate(Vector256.Load(work.OutputGradients + at), Vector256.Load(work.Results + at), sums);
            }

            work.Inner[index] = Vector256.Sum(sums);
        }
    }

    private void Scores(AttentionPiece piece, int first, int count, int head, AttentionWork work, float* keyColumns, float* valueColumns, int stride)
    {
        for (int row = 0; row < count; row += SmallProducts.RowBlock)
        {
            int rows = Math.Min(SmallProducts.RowBlock, count - row);
            int from = ProcessorAttention<T>.FirstComputed(_shape, piece, first + row);
            int padded = SmallProducts.Pad(ProcessorAttention<T>.Visible(piece, first + row + rows - 1)) - from;
            float* weights = work.Weights + ((nint)row * stride) + from;
            float* gradients = work.ScoreGradients + ((nint)row * stride) + from;
            int length = _shape.HeadLength;
            SmallProducts.Multiply(rows, padded, length, work.Queries + (row * _width), _width, 1, keyColumns + from, stride, weights, stride, accumulate: false);
            SmallProducts.Multiply(
                rows, padded, length, work.OutputGradients + (row * _width), _width, 1, valueColumns + from, stride, gradients, stride, accumulate: false);
            for (int index = 0; index < rows; index++)
            {
                int visible = ProcessorAttention<T>.Visible(piece, first + row + index);
                nint logRow = (nint)piece.QueryStart + first + row + index;
                float logSum = *((float*)_tensors.LogSums.Address + (logRow * _tensors.LogSums.RowStride) + head);
                float* w = weights + ((nint)index * stride);
                float* g = gradients + ((nint)index * stride);
                ProcessorAttention<T>.Hide(w, ProcessorAttention<T>.FirstVisible(_shape, visible) - from, visible - from, padded);
                Vector256<float> inner = Vector256.Create(work.Inner[row + index]);
                for (int position = 0; position < padded; position += Lanes)
                {
                    Vector256<float> weight = T.Exp(Vector256.Load(w + position) - Vector256.Create(logSum));
                    weight.Store(w + position);
                    (weight * (Vector256.Load(g + position) - inner)).Store(g + position);
                }
            }
        }
    }

    private void AddKeyGradients(
        AttentionPiece piece, int first, int count, AttentionWork work, int stride, int keys, float* keyGradient, float* valueGradient)
    {
        int start = 0;
        int end = 0;
        for (int key = 0; key < keys; key += SmallProducts.RowBlock)
        {
            // Queries come in the order of what they see; blocks of rows whose scores end before this key have none for it, and neither have
            // those whose window begins behind it.
            while (start < count && SmallProducts.Pad(ProcessorAttention<T>.Visible(piece, first + Math.Min(start + SmallProducts.RowBlock, count) - 1)) <= key)
            {
                start += SmallProducts.RowBlock;
            }

            while (end < count && ProcessorAttention<T>.FirstComputed(_shape, piece, first + end) <= key)
            {
                end += SmallProducts.RowBlock;
            }

            if (start >= count)
            {
                return;
            }

            int queries = Math.Min(end, count) - start;
            if (queries <= 0)
            {
                continue;
            }

            int rows = Math.Min(SmallProducts.RowBlock, keys - key);
            nint scores = ((nint)start * stride) + key;
            SmallProducts.Multiply(
                rows, _width, queries, work.Weights + scores, 1, stride, work.OutputGradients + (start * _width), _width, valueGradient + ((nint)key * _width), _width, accumulate: true);
            SmallProducts.Multiply(
                rows, _width, queries, work.ScoreGradients + scores, 1, stride, work.Queries + (start * _width), _width, keyGradient + ((nint)key * _width), _width, accumulate: true);
        }
    }

    private void Store(AttentionPiece piece, int chunk, int keyHead, int keys, float* keyGradient, float* valueGradient)
    {
        int length = _shape.HeadLength;
        int column = keyHead * length;
        bool isPrefix = _prefix > 0 && piece.Segment.Start == 0;
        int prefix = isPrefix ? keys : piece.Segment.PrefixLength;
        if (prefix > 0)
        {
            AddPrefix(keyGradient, chunk, keyHead, 0, prefix);
            AddPrefix(valueGradient, chunk, keyHead, 1, prefix);
        }

        if (!isPrefix)
        {
            nint own = (nint)prefix * _width;
            AttentionPacking<T>.Write(keyGradient + own, _width, keys - prefix, 1, _tensors.KeyGradient, piece.Segment.Start, column, length);
            AttentionPacking<T>.Write(valueGradient + own, _width, keys - prefix, 1, _tensors.ValueGradient, piece.Segment.Start, column, length);
        }
    }

    private Span<float> PrefixSums(int chunk, int keyHead, int which) =>
        _prefixSums.AsSpan(((((chunk * _shape.KeyValueHeadCount) + keyHead) * 2) + which) * _prefix * _width, _prefix * _width);

    private void AddPrefix(float* gradient, int chunk, int keyHead, int which, int rows)
    {
        Span<float> sums = PrefixSums(chunk, keyHead, which)[..(rows * _width)];
        for (int index = 0; index < sums.Length; index++)
        {
            sums[index] += gradient[index];
        }
    }

    private void WritePrefix(int keyHead)
    {
        int length = _shape.HeadLength;
        for (int which = 0; which < 2; which++)
        {
            Span<float> total = PrefixSums(0, keyHead, which);
            for (int chunk = 1; chunk < _chunkCount; chunk++)
            {
                Span<float> part = PrefixSums(chunk, keyHead, which);
                for (int index = 0; index < total.Length; index++)
                {
                    total[index] += part[index];
                }
            }

            fixed (float* sums = total)
            {
                AttentionPacking<T>.Write(sums, _width, _prefix, 1, which == 0 ? _tensors.KeyGradient : _tensors.ValueGradient, 0, keyHead * length, length);
            }
        }
    }
}
