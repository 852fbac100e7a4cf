using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>RMS norms of slices of rows in the compute type, on the processor; see <see cref="LayerKernels.NormSlices"/>.</summary>
/// <typeparam name="T">The compute type.</typeparam>
internal static unsafe class ProcessorSliceNorm<T>
    where T : struct, IElement
{
    private const int Lanes = 8;

    /// <summary>y = x / √(mean(x²) + ε) · w for each slice.</summary>
    /// <param name="input">x.</param>
    /// <param name="weight">w.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="output">Receives y.</param>
    /// <param name="inverseRms">Receives 1 / √(mean(x²) + ε).</param>
    public static void Forward(Matrix input, Matrix weight, float epsilon, Matrix output, Matrix inverseRms) =>
        ParallelRows.Run(input.Rows, input.Columns * 3L, (first, end) =>
        {
            int width = weight.Columns;
            int whole = width - (width % Lanes);
            var w = (float*)weight.Address;
            for (int row = first; row < end; row++)
            {
                float* inverses = (float*)inverseRms.Address + ((nint)row * inverseRms.RowStride);
                for (int slice = 0; slice * width < input.Columns; slice++)
                {
                    nint x = At(input, row, slice * width);
                    nint y = At(output, row, slice * width);
                    Vector256<float> sums = default;
                    float rest = 0;
                    for (int column = 0; column < whole; column += Lanes)
                    {
                        Vector256<float> value = T.Load(x + (column * T.Size));
                        sums = Vector256.MultiplyAddEstimate(value, value, sums);
                    }

                    for (int column = whole; column < width; column++)
                    {
                        float value = T.Read(x + (column * T.Size));
                        rest += value * value;
                    }

                    float inverse = 1 / MathF.Sqrt(((Vector256.Sum(sums) + rest) / width) + epsilon);
                    inverses[slice] = inverse;
                    for (int column = 0; column < whole; column += Lanes)
                    {
                        T.Store(y + (column * T.Size), T.Load(x + (column * T.Size)) * inverse * Vector256.Load(w + column));
                    }

                    for (int column = whole; column < width; column++)
                    {
                        T.Write(y + (column * T.Size), T.Read(x + (column * T.Size)) * inverse * w[column]);
                    }
                }
            }
        });

    /// <summary>With h = g · w and i = 1 / rms, dx = i · (h − x · i² · mean(h · x)) for each slice.</summary>
    /// <param name="gradient">g.</param>
    /// <param name="input">x.</param>
    /// <param name="weight">w.</param>
    /// <param name="inverseRms">i.</param>
    /// <param name="inputGradient">Receives dx; may be g.</param>
    public static void Backward(Matrix gradient, Matrix input, Matrix weight, Matrix inverseRms, Matrix inputGradient) =>
        ParallelRows.Run(input.Rows, input.Columns * 4L, (first, end) =>
        {
            int width = weight.Columns;
            int whole = width - (width % Lanes);
            var w = (float*)weight.Address;
            for (int row = first; row < end; row++)
            {
                float* inverses = (float*)inverseRms.Address + ((nint)row * inverseRms.RowStride);
                for (int slice = 0; slice * width < input.Columns; slice++)
                {
                    nint g = At(gradient, row, slice * width);
                    nint x = At(input, row, slice * width);
                    nint target = At(inputGradient, row, slice * width);
                    Vector256<float> sums = default;
                    float rest = 0;
                    for (int column = 0; column < whole; column += Lanes)
                    {
                        sums = Vector256.MultiplyAddEstimate(T.Load(g + (column * T.Size)) * Vector256.Load(w + column), T.Load(x + (column * T.Size)), sums);
                    }

                    for (int column = whole; column < width; column++)
                    {
                        rest += T.Read(g + (column * T.Size)) * w[column] * T.Read(x + (column * T.Size));
                    }

                    float inverse = inverses[slice];
                    float factor = (Vector256.Sum(sums) + rest) / width * inverse * inverse;
                    for (int column = 0; column < whole; column += Lanes)
                    {
                        nint at = column * T.Size;
                        T.Store(target + at, ((T.Load(g + at) * Vector256.Load(w + column)) - (T.Load(x + at) * factor)) * inverse);
                    }

                    for (int column = whole; column < width; column++)
                    {
                        nint at = column * T.Size;
                        T.Write(target + at, ((T.Read(g + at) * w[column]) - (T.Read(x + at) * factor)) * inverse);
                    }
                }
            }
        });

    private static nint At(Matrix matrix, int row, int column) => matrix.Address + ((((nint)row * matrix.RowStride) + column) * T.Size);
}
