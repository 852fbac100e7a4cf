using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>
/// Causal attention on the processor. Each task takes the queries of one text that share a key head, in blocks of rows; keys that no query of a
/// block sees are not computed, and nothing larger than a block of scores is ever in memory.
/// </summary>
/// <typeparam name="T">The compute type.</typeparam>
internal static unsafe class ProcessorAttention<T>
    where T : struct, IElement
{
    /// <summary>The queries whose scores are in memory at once.</summary>
    public const int QueryBlock = 32;

    private const int Lanes = 8;

    /// <summary>Computes attention; see <see cref="LayerKernels.Attend"/>.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="pieces">Which queries see which keys.</param>
    /// <param name="query">The queries.</param>
    /// <param name="key">The keys.</param>
    /// <param name="value">The values.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="logSums">Receives log(Σ exp(scores)).</param>
    public static void Forward(AttentionShape shape, AttentionPiece[] pieces, Matrix query, Matrix key, Matrix value, Matrix output, Matrix logSums) =>
        ParallelRows.RunItems(pieces.Length * shape.KeyValueHeadCount, item =>
            ForwardHead(shape, pieces[item / shape.KeyValueHeadCount], item % shape.KeyValueHeadCount, query, key, value, output, logSums));

    /// <summary>The number of keys that a query sees.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="query">The query in the piece.</param>
    /// <returns>The number.</returns>
    public static int Visible(AttentionPiece piece, int query) => piece.Segment.PrefixLength + piece.QueryOffsets[query] + 1;

    /// <summary>The first key that a query sees.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="visible">What <see cref="Visible"/> gives for the query.</param>
    /// <returns>The key; 0 without a window.</returns>
    public static int FirstVisible(AttentionShape shape, int visible) => shape.Window is { } window ? Math.Max(0, visible - window) : 0;

    /// <summary>The first key that is computed for a block of rows: that which its first query sees, or one before it where a vector begins.</summary>
    /// <param name="shape">The heads.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="query">The first query of the block.</param>
    /// <returns>The key.</returns>
    public static int FirstComputed(AttentionShape shape, AttentionPiece piece, int query) =>
        FirstVisible(shape, Visible(piece, query)) / SmallProducts.ColumnBlock * SmallProducts.ColumnBlock;

    /// <summary>Copies the keys or values that a piece sees, its prefix first, as rows.</summary>
    /// <param name="matrix">All keys or values.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="count">How many it sees.</param>
    /// <param name="column">The first column of the head.</param>
    /// <param name="length">The width of the head.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="stride">The distance of rows in the target.</param>
    public static void PackRows(Matrix matrix, AttentionPiece piece, int count, int column, int length, float* target, int stride)
    {
        int prefix = piece.Segment.PrefixLength;
        AttentionPacking<T>.Rows(matrix, 0, prefix, column, length, 1, target, stride);
        AttentionPacking<T>.Rows(matrix, piece.Segment.Start, count - prefix, column, length, 1, target + ((nint)prefix * stride), stride);
    }

    /// <summary>As <see cref="PackRows"/>, but as columns.</summary>
    /// <param name="matrix">All keys or values.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="count">How many it sees.</param>
    /// <param name="column">The first column of the head.</param>
    /// <param name="length">The width of the head.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="stride">The distance of rows in the target; columns behind the last are set to zero.</param>
    public static void PackColumns(Matrix matrix, AttentionPiece piece, int count, int column, int length, float* target, int stride)
    {
        int prefix = piece.Segment.PrefixLength;
        AttentionPacking<T>.Columns(matrix, 0, prefix, column, length, target, stride);
        AttentionPacking<T>.Columns(matrix, piece.Segment.Start, count - prefix, column, length, target + prefix, stride);
        for (int position = 0; position < length; position++)
        {
            AttentionPacking<T>.Zero(target + ((nint)position * stride) + count, stride - count);
        }
    }

    /// <summary>Makes the scores before and behind the visible ones count nothing.</summary>
    /// <param name="scores">The first score.</param>
    /// <param name="first">The first visible one.</param>
    /// <param name="end">The one behind the last visible one.</param>
    /// <param name="count">The number of scores.</param>
    public static void Hide(float* scores, int first, int end, int count)
    {
        for (int index = 0; index < first; index++)
        {
            scores[index] = float.NegativeInfinity;
        }

        for (int index = end; index < count; index++)
        {
            scores[index] = float.NegativeInfinity;
        }
    }

    private static void ForwardHead(
        AttentionShape shape, AttentionPiece piece, int keyHead, Matrix query, Matrix key, Matrix value, Matrix output, Matrix logSums)
    {
        int length = shape.HeadLength;
        int width = SmallProducts.Pad(length);
        int keys = Visible(piece, piece.QueryCount - 1);
        int stride = SmallProducts.Pad(keys);
        Scratch scratch = Scratch.Begin(((nint)length * stride) + ((nint)keys * width) + (QueryBlock * ((2 * (nint)width) + stride)) + 256);
        float* keyColumns = scratch.Take((nint)length * stride);
        float* valueRows = scratch.Take((nint)keys * width);
        float* queries = scratch.Take(QueryBlock * width);
        float* scores = scratch.Take((nint)QueryBlock * stride);
        float* results = scratch.Take(QueryBlock * width);
        PackColumns(key, piece, keys, keyHead * length, length, keyColumns, stride);
        PackRows(value, piece, keys, keyHead * length, length, valueRows, width);
        for (int head = keyHead * shape.GroupLength; head < (keyHead + 1) * shape.GroupLength; head++)
        {
            for (int first = 0; first < piece.QueryCount; first += QueryBlock)
            {
                int count = Math.Min(QueryBlock, piece.QueryCount - first);
                AttentionPacking<T>.Rows(query, piece.QueryStart + first, count, head * length, length, shape.Scale, queries, width);
                for (int row = 0; row < count; row += SmallProducts.RowBlock)
                {
                    int rows = Math.Min(SmallProducts.RowBlock, count - row);
                    int visible = Visible(piece, first + row + rows - 1);
                    int from = FirstComputed(shape, piece, first + row);
                    int computed = SmallProducts.Pad(visible) - from;
                    float* block = scores + ((nint)row * stride) + from;
                    SmallProducts.Multiply(rows, computed, length, queries + (row * width), width, 1, keyColumns + from, stride, block, stride, accumulate: false);
                    for (int index = 0; index < rows; index++)
                    {
                        int end = Visible(piece, first + row + index);
                        float* logSum = (float*)logSums.Address + (((nint)piece.QueryStart + first + row + index) * logSums.RowStride) + head;
                        *logSum = Softmax(block + ((nint)index * stride), FirstVisible(shape, end) - from, end - from, computed);
                    }

                    SmallProducts.Multiply(
                        rows, width, visible - from, block, stride, 1, valueRows + ((nint)from * width), width, results + (row * width), width, accumulate: false);
                }

                AttentionPacking<T>.Write(results, width, count, 1, output, piece.QueryStart + first, head * length, length);
            }
        }
    }

    /// <summary>Replaces scores by their softmax; those before and behind the visible ones become zero.</summary>
    private static float Softmax(float* scores, int first, int end, int padded)
    {
        Hide(scores, first, end, padded);

        Vector256<float> maxima = Vector256.Load(scores);
        for (int index = Lanes; index < padded; index += Lanes)
        {
            maxima = Vector256.Max(maxima, Vector256.Load(scores + index));
        }

        float largest = maxima[0];
        for (int lane = 1; lane < Lanes; lane++)
        {
            largest = MathF.Max(largest, maxima[lane]);
        }

        Vector256<float> sums = default;
        for (int index = 0; index < padded; index += Lanes)
        {
            Vector256<float> value = T.Exp(Vector256.Load(scores + index) - Vector256.Create(largest));
            value.Store(scores + index);
            sums += value;
        }

        float sum = Vector256.Sum(sums);
        Vector256<float> inverse = Vector256.Create(1 / sum);
        for (int index = 0; index < padded; index += Lanes)
        {
            (Vector256.Load(scores + index) * inverse).Store(scores + index);
        }

        return largest + MathF.Log(sum);
    }
}
