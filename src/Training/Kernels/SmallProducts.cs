using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>
/// Products of small 32-bit matrices for attention: C (+)= A · B. Rows of B and C hold a multiple of 16 values. A may be transposed by its strides.
/// </summary>
internal static unsafe class SmallProducts
{
    /// <summary>The columns that are computed together; buffers are padded to it.</summary>
    public const int ColumnBlock = 16;

    /// <summary>The rows that are computed together.</summary>
    public const int RowBlock = 4;

    /// <summary>Rounds up to a multiple of <see cref="ColumnBlock"/>.</summary>
    /// <param name="count">A number of columns.</param>
    /// <returns>The padded number.</returns>
    public static int Pad(int count) => (count + ColumnBlock - 1) / ColumnBlock * ColumnBlock;

    /// <summary>Computes up to four rows of C.</summary>
    /// <param name="rows">1 to 4.</param>
    /// <param name="columns">A multiple of 16.</param>
    /// <param name="depth">The number of products that are summed.</param>
    /// <param name="a">The first value of A.</param>
    /// <param name="aRow">The distance between rows of A.</param>
    /// <param name="aDepth">The distance between columns of A.</param>
    /// <param name="b">The first value of B.</param>
    /// <param name="bRow">The distance between rows of B.</param>
    /// <param name="c">The first value of C.</param>
    /// <param name="cRow">The distance between rows of C.</param>
    /// <param name="accumulate">Whether to add to C.</param>
    public static void Multiply(int rows, int columns, int depth, float* a, nint aRow, nint aDepth, float* b, nint bRow, float* c, nint cRow, bool accumulate)
    {
        if (rows == RowBlock)
        {
            for (int column = 0; column < columns; column += ColumnBlock)
            {
                FourRows(depth, a, aRow, aDepth, b + column, bRow, c + column, cRow, accumulate);
            }

            return;
        }

        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column += ColumnBlock)
            {
                OneRow(depth, a + (row * aRow), aDepth, b + column, bRow, c + (row * cRow) + column, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourRows(int depth, float* a, nint aRow, nint aDepth, float* b, nint bRow, float* c, nint cRow, bool accumulate)
    {
        float* a1 = a + aRow;
        float* a2 = a1 + aRow;
        float* a3 = a2 + aRow;
        Vector256<float> c00 = default, c01 = default, c10 = default, c11 = default, c20 = default, c21 = default, c30 = default, c31 = default;
        if (accumulate)
        {
            (c00, c01) = (Vector256.Load(c), Vector256.Load(c + 8));
            (c10, c11) = (Vector256.Load(c + cRow), Vector256.Load(c + cRow + 8));
            (c20, c21) = (Vector256.Load(c + (2 * cRow)), Vector256.Load(c + (2 * cRow) + 8));
            (c30, c31) = (Vector256.Load(c + (3 * cRow)), Vector256.Load(c + (3 * cRow) + 8));
        }

        for (int index = 0; index < depth; index++)
        {
            Vector256<float> b0 = Vector256.Load(b);
            Vector256<float> b1 = Vector256.Load(b + 8);
            Vector256<float> value = Vector256.Create(*a);
            c00 = Vector256.MultiplyAddEstimate(value, b0, c00);
            c01 = Vector256.MultiplyAddEstimate(value, b1, c01);
            value = Vector256.Create(*a1);
            c10 = Vector256.MultiplyAddEstimate(value, b0, c10);
            c11 = Vector256.MultiplyAddEstimate(value, b1, c11);
            value = Vector256.Create(*a2);
            c20 = Vector256.MultiplyAddEstimate(value, b0, c20);
            c21 = Vector256.MultiplyAddEstimate(value, b1, c21);
            value = Vector256.Create(*a3);
            c30 = Vector256.MultiplyAddEstimate(value, b0, c30);
            c31 = Vector256.MultiplyAddEstimate(value, b1, c31);
            a += aDepth;
            a1 += aDepth;
            a2 += aDepth;
            a3 += aDepth;
            b += bRow;
        }

        c00.Store(c);
        c01.Store(c + 8);
        c10.Store(c + cRow);
        c11.Store(c + cRow + 8);
        c20.Store(c + (2 * cRow));
        c21.Store(c + (2 * cRow) + 8);
        c30.Store(c + (3 * cRow));
        c31.Store(c + (3 * cRow) + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneRow(int depth, float* a, nint aDepth, float* b, nint bRow, float* c, bool accumulate)
    {
        Vector256<float> c0 = accumulate ? Vector256.Load(c) : default;
        Vector256<float> c1 = accumulate ? Vector256.Load(c + 8) : default;
        for (int index = 0; index < depth; index++)
        {
            Vector256<float> value = Vector256.Create(*a);
            c0 = Vector256.MultiplyAddEstimate(value, Vector256.Load(b), c0);
            c1 = Vector256.MultiplyAddEstimate(value, Vector256.Load(b + 8), c1);
            a += aDepth;
            b += bRow;
        }

        c0.Store(c);
        c1.Store(c + 8);
    }
}
