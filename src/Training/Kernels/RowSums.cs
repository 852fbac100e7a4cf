using System.Runtime.InteropServices;

namespace EdgeBuild.Training;

/// <summary>Sums of rows.</summary>
/// <typeparam name="T">The type of both matrices.</typeparam>
internal static unsafe class RowSums<T>
    where T : struct, IElement
{
    /// <summary>target[rows[i]] += source[i].</summary>
    /// <param name="source">The rows to add.</param>
    /// <param name="rows">Where to add them; a row may come several times.</param>
    /// <param name="target">Receives them.</param>
    /// <param name="clear">Whether target starts from zero.</param>
    public static void Add(Matrix source, int[] rows, Matrix target, bool clear)
    {
        if (clear)
        {
            Clear(target);
        }

        // By columns, since several source rows may go to one target row.
        ParallelRows.Run(source.Columns, rows.Length, (first, end) =>
        {
            for (int index = 0; index < rows.Length; index++)
            {
                nint from = source.Address + ((nint)index * source.RowStride * T.Size);
                nint to = target.Address + ((nint)rows[index] * target.RowStride * T.Size);
                for (int column = first; column < end; column++)
                {
                    T.Write(to + (column * T.Size), T.Read(to + (column * T.Size)) + T.Read(from + (column * T.Size)));
                }
            }
        });
    }

    /// <summary>Sets all values to zero.</summary>
    /// <param name="matrix">The matrix.</param>
    public static void Clear(Matrix matrix)
    {
        for (int row = 0; row < matrix.Rows; row++)
        {
            NativeMemory.Clear((void*)(matrix.Address + ((nint)row * matrix.RowStride * T.Size)), (nuint)(matrix.Columns * T.Size));
        }
    }
}
