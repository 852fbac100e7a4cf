using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>The kernels for the processor: each passes over its rows once, with vectors of eight.</summary>
/// <typeparam name="T">The compute type.</typeparam>
internal sealed unsafe class ProcessorKernels<T> : LayerKernels
    where T : struct, IElement
{
    private const int Lanes = 8;

    /// <inheritdoc/>
    public override void Embed(Matrix embedding, int[] tokens, float scale, Matrix residual) => ParallelRows.Run(tokens.Length, residual.Columns, (first, end) =>
    {
        for (int row = first; row < end; row++)
        {
            nint source = Row<T>(embedding, tokens[row]);
            float* target = Row(residual, row);
            for (int column = 0; column < residual.Columns; column++)
            {
                target[column] = T.Read(source + (column * T.Size)) * scale;
            }
        }
    });

    /// <inheritdoc/>
    public override void Norm(Matrix residual, Matrix? delta, Matrix sum, Matrix weight, float epsilon, Matrix normalized, Matrix inverseRms) =>
        ParallelRows.Run(residual.Rows, residual.Columns * 3L, (first, end) =>
        {
            int width = residual.Columns;
            int whole = width - (width % Lanes);
            var w = (float*)weight.Address;
            for (int row = first; row < end; row++)
            {
                float* x = Row(residual, row);
                if (delta is { } change)
                {
                    float* target = Row(sum, row);
                    nint source = Row<T>(change, row);
                    for (int column = 0; column < whole; column += Lanes)
                    {
                        (Vector256.Load(x + column) + T.Load(source + (column * T.Size))).Store(target + column);
                    }

                    for (int column = whole; column < width; column++)
                    {
                        target[column] = x[column] + T.Read(source + (column * T.Size));
                    }

                    x = target;
                }

                float inverse = 1 / MathF.Sqrt((Dot(x, x, width) / width) + epsilon);
                *Row(inverseRms, row) = inverse;
                nint output = Row<T>(normalized, row);
                for (int column = 0; column < whole; column += Lanes)
                {
                    T.Store(output + (column * T.Size), Vector256.Load(x + column) * inverse * Vector256.Load(w + column));
                }

                for (int column = whole; column < width; column++)
                {
                    T.Write(output + (column * T.Size), x[column] * inverse * w[column]);
                }
            }
        });

    /// <inheritdoc/>
    public override void NormBackward(Matrix gradient, Matrix input, Matrix weight, Matrix inverseRms, Matrix inputGradient, bool accumulate, Matrix? copy) =>
        ParallelRows.Run(input.Rows, input.Columns * 4L, (first, end) =>
        {
            int width = input.Columns;
            int whole = width - (width % Lanes);
            var w = (float*)weight.Address;
            for (int row = first; row < end; row++)
            {
                nint g = Row<T>(gradient, row);
                float* x = Row(input, row);
                float* target = Row(inputGradient, row);
                float inverse = *Row(inverseRms, row);
                Vector256<float> sums = default;
                float rest = 0;
                for (int column = 0; column < whole; column += Lanes)
                {
                    sums = Vector256.MultiplyAddEstimate(T.Load(g + (column * T.Size)) * Vector256.Load(w + column), Vector256.Load(x + column), sums);
                }

                for (int column = whole; column < width; column++)
                {
                    rest += T.Read(g + (column * T.Size)) * w[column] * x[column];
                }

                float factor = (Vector256.Sum(sums) + rest) / width * inverse * inverse;
                nint output = copy is { } matrix ? Row<T>(matrix, row) : 0;
                for (int column = 0; column < whole; column += Lanes)
                {
                    Vector256<float> value = ((T.Load(g + (column * T.Size)) * Vector256.Load(w + column)) - (Vector256.Load(x + column) * factor)) * inverse;
                    if (accumulate)
                    {
                        value += Vector256.Load(target + column);
                    }

                    value.Store(target + column);
                    if (output != 0)
                    {
                        T.Store(output + (column * T.Size), value);
                    }
                }

                for (int column = whole; column < width; column++)
                {
                    float value = ((T.Read(g + (column * T.Size)) * w[column]) - (x[column] * factor)) * inverse;
                    target[column] = accumulate ? target[column] + value : value;
                    if (output != 0)
                    {
                        T.Write(output + (column * T.Size), target[column]);
                    }
                }
            }
        });

    /// <inheritdoc/>
    public override void NormSlices(Matrix input, Matrix weight, float epsilon, Matrix output, Matrix inverseRms) =>
        ProcessorSliceNorm<T>.Forward(input, weight, epsilon, output, inverseRms);

    /// <inheritdoc/>
    public override void NormSlicesBackward(Matrix gradient, Matrix input, Matrix weight, Matrix inverseRms, Matrix inputGradient) =>
        ProcessorSliceNorm<T>.Backward(gradient, input, weight, inverseRms, inputGradient);

    /// <inheritdoc/>
    public override void Rotate(Matrix heads, int headLength, int[] positions, RotaryTable table, RopeLayout layout, bool inverse)
    {
        int half = table.HalfCount;
        float[] values = table.Get(positions.Length == 0 ? 1 : positions.Max() + 1);
        ParallelRows.Run(heads.Rows, heads.Columns * 4L, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                ReadOnlySpan<float> cosines = values.AsSpan(positions[row] * 2 * half, half);
                ReadOnlySpan<float> sines = values.AsSpan((positions[row] * 2 * half) + half, half);
                for (int start = 0; start < heads.Columns; start += headLength)
                {
                    nint head = Row<T>(heads, row) + (start * T.Size);
                    if (layout == RopeLayout.AdjacentPairs)
                    {
                        RotaryRow<T>.Adjacent(head, cosines, sines, inverse);
                    }
                    else
                    {
                        RotaryRow<T>.Halves(head, cosines, sines, inverse);
                    }
                }
            }
        });
    }

    /// <inheritdoc/>
    public override void Attend(AttentionShape shape, AttentionPiece[] pieces, Matrix query, Matrix key, Matrix value, Matrix output, Matrix logSums) =>
        ProcessorAttention<T>.Forward(shape, pieces, query, key, value, output, logSums);

    /// <inheritdoc/>
    public override void AttendBackward(AttentionShape shape, AttentionPiece[] pieces, AttentionTensors tensors) =>
        new ProcessorAttentionBackward<T>(shape, pieces, tensors).Run();

    /// <inheritdoc/>
    public override void Gate(Matrix gateAndUp, GateActivation activation, Matrix product) =>
        ParallelRows.Run(product.Rows, product.Columns * 8L, (first, end) =>
        {
            int inner = product.Columns;
            for (int row = first; row < end; row++)
            {
                nint gate = Row<T>(gateAndUp, row);
                nint up = gate + (inner * T.Size);
                nint output = Row<T>(product, row);
                for (int column = 0; column < inner; column += Lanes)
                {
                    // The last vector of a row may overlap the one before: its values are only computed twice.
                    nint at = Math.Min(column, inner - Lanes) * T.Size;
                    T.Store(output + at, GateFunctions<T>.Value(T.Load(gate + at), activation) * T.Load(up + at));
                }
            }
        });

    /// <inheritdoc/>
    public override void GateBackward(Matrix productGradient, GateActivation activation, Matrix gateAndUp) =>
        ParallelRows.Run(productGradient.Rows, productGradient.Columns * 12L, (first, end) =>
        {
            int inner = productGradient.Columns;
            for (int row = first; row < end; row++)
            {
                nint gate = Row<T>(gateAndUp, row);
                nint up = gate + (inner * T.Size);
                nint gradient = Row<T>(productGradient, row);
                for (int column = 0; column + Lanes <= inner; column += Lanes)
                {
                    nint at = column * T.Size;
                    (Vector256<float> active, Vector256<float> slope) = GateFunctions<T>.ValueAndSlope(T.Load(gate + at), activation);
                    Vector256<float> g = T.Load(gradient + at);
                    T.Store(gate + at, g * T.Load(up + at) * slope);
                    T.Store(up + at, g * active);
                }

                for (int column = inner - (inner % Lanes); column < inner; column++)
                {
                    nint at = column * T.Size;
                    (Vector256<float> active, Vector256<float> slope) = GateFunctions<T>.ValueAndSlope(Vector256.Create(T.Read(gate + at)), activation);
                    float g = T.Read(gradient + at);
                    T.Write(gate + at, g * T.Read(up + at) * slope.ToScalar());
                    T.Write(up + at, g * active.ToScalar());
                }
            }
        });

    /// <inheritdoc/>
    public override double[] CrossEntropy(Matrix logits, ReadOnlySpan<int> targets, ReadOnlySpan<float> weights, float gradientScale)
    {
        int[] rightTokens = targets.ToArray();
        float[] rowWeights = weights.ToArray();
        var losses = new double[rightTokens.Length];
        ParallelRows.Run(logits.Rows, logits.Columns * 8L, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                if (rowWeights[row] == 0)
                {
                    NativeMemory.Clear((void*)Row<T>(logits, row), (nuint)(logits.Columns * T.Size));
                    continue;
                }

                losses[row] = rowWeights[row] * SoftmaxRow<T>.CrossEntropy(Row<T>(logits, row), logits.Columns, rightTokens[row], rowWeights[row] * gradientScale);
            }
        });
        return losses;
    }

    /// <inheritdoc/>
    public override void Gather(Matrix source, int[] rows, Matrix target)
    {
        int size = ElementSize(source);
        long bytes = (long)source.Columns * size;
        ParallelRows.Run(rows.Length, source.Columns, (first, end) =>
        {
            for (int row = first; row < end; row++)
            {
                nint from = source.Address + (nint)((long)rows[row] * source.RowStride * size);
                nint to = target.Address + (nint)((long)row * target.RowStride * size);
                Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
            }
        });
    }

    /// <inheritdoc/>
    public override void ScatterAdd(Matrix source, int[] rows, Matrix target, bool clear)
    {
        if (target.Type == TorchSharp.torch.ScalarType.Float32)
        {
            RowSums<SingleElement>.Add(source, rows, target, clear);
        }
        else
        {
            RowSums<T>.Add(source, rows, target, clear);
        }
    }

    private static float Dot(float* a, float* b, int count)
    {
        Vector256<float> sum0 = default;
        Vector256<float> sum1 = default;
        int index = 0;
        for (; index + (2 * Lanes) <= count; index += 2 * Lanes)
        {
            sum0 = Vector256.MultiplyAddEstimate(Vector256.Load(a + index), Vector256.Load(b + index), sum0);
            sum1 = Vector256.MultiplyAddEstimate(Vector256.Load(a + index + Lanes), Vector256.Load(b + index + Lanes), sum1);
        }

        float sum = Vector256.Sum(sum0 + sum1);
        for (; index < count; index++)
        {
            sum += a[index] * b[index];
        }

        return sum;
    }

    private static int ElementSize(Matrix matrix) => matrix.Type == TorchSharp.torch.ScalarType.Float32 ? sizeof(float) : T.Size;

    private static float* Row(Matrix matrix, int row) => (float*)matrix.Address + ((nint)row * matrix.RowStride);

    private static nint Row<TElement>(Matrix matrix, int row)
        where TElement : struct, IElement => matrix.Address + ((nint)row * matrix.RowStride * TElement.Size);
}
