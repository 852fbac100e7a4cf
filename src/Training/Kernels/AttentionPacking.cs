using System.Runtime.InteropServices;

namespace EdgeBuild.Training;

/// <summary>Copies heads between matrices in the compute type and dense 32-bit buffers.</summary>
/// <typeparam name="T">The compute type.</typeparam>
internal static unsafe class AttentionPacking<T>
    where T : struct, IElement
{
    private const int Lanes = 8;

    /// <summary>The address of a head in a row.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">The row.</param>
    /// <param name="column">The first column of the head.</param>
    /// <returns>The address.</returns>
    public static nint At(Matrix matrix, int row, int column) => matrix.Address + ((((nint)row * matrix.RowStride) + column) * T.Size);

    /// <summary>Copies rows of a head.</summary>
    /// <param name="matrix">The source.</param>
    /// <param name="row">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="column">The first column of the head.</param>
    /// <param name="length">The width of the head.</param>
    /// <param name="scale">A factor for all values.</param>
    /// <param name="target">Receives the rows.</param>
    /// <param name="stride">The distance of rows in the target; values behind the head become zero.</param>
    public static void Rows(Matrix matrix, int row, int count, int column, int length, float scale, float* target, int stride)
    {
        for (int index = 0; index < count; index++, target += stride)
        {
            nint source = At(matrix, row + index, column);
            int position = 0;
            for (; position + Lanes <= length; position += Lanes)
            {
                System.Runtime.Intrinsics.Vector256.Store(T.Load(source + (position * T.Size)) * scale, target + position);
            }

            for (; position < stride; position++)
            {
                target[position] = position < length ? T.Read(source + (position * T.Size)) * scale : 0;
            }
        }
    }

    /// <summary>Copies rows of a head as columns.</summary>
    /// <param name="matrix">The source.</param>
    /// <param name="row">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="column">The first column of the head.</param>
    /// <param name="length">The width of the head.</param>
    /// <param name="target">Receives the first column.</param>
    /// <param name="stride">The distance of rows in the target.</param>
    public static void Columns(Matrix matrix, int row, int count, int column, int length, float* target, int stride)
    {
        // Blocks of columns, so that the lines of the target that are written stay in the first cache.
        const int block = 16;
        for (int start = 0; start < length; start += block)
        {
            int end = Math.Min(length, start + block);
            for (int index = 0; index < count; index++)
            {
                nint source = At(matrix, row + index, column);
                for (int position = start; position < end; position++)
                {
                    target[((nint)position * stride) + index] = T.Read(source + (position * T.Size));
                }
            }
        }
    }

    /// <summary>Writes rows of a head.</summary>
    /// <param name="source">The rows.</param>
    /// <param name="stride">Their distance.</param>
    /// <param name="count">The number of rows.</param>
    /// <param name="scale">A factor for all values.</param>
    /// <param name="matrix">Receives them.</param>
    /// <param name="row">The first row.</param>
    /// <param name="column">The first column of the head.</param>
    /// <param name="length">The width of the head.</param>
    public static void Write(float* source, int stride, int count, float scale, Matrix matrix, int row, int column, int length)
    {
        for (int index = 0; index < count; index++, source += stride)
        {
            nint target = At(matrix, row + index, column);
            int position = 0;
            for (; position + Lanes <= length; position += Lanes)
            {
                T.Store(target + (position * T.Size), System.Runtime.Intrinsics.Vector256.Load(source + position) * scale);
            }

            for (; position < length; position++)
            {
                T.Write(target + (position * T.Size), source[position] * scale);
            }
        }
    }

    /// <summary>Sets floats to zero.</summary>
    /// <param name="target">The first one.</param>
    /// <param name="count">The number.</param>
    public static void Zero(float* target, nint count) => NativeMemory.Clear(target, (nuint)count * sizeof(float));
}
