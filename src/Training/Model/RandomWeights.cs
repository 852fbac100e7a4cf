using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>
/// Weights of the right size without a file, to measure shapes whose files are not at hand. Norms are one; matrices repeat a table of random
/// values, which keeps activations finite and costs no more than copying.
/// </summary>
/// <param name="shape">The sizes.</param>
/// <param name="seed">The seed of the table.</param>
/// <param name="stored">The type that matrices of blocks have while they are not in use, or null when they are converted once.</param>
internal sealed class RandomWeights(ModelConfiguration shape, ulong seed, GgmlType? stored) : IWeightSource
{
    private const int TableLength = 1 << 16;
    private readonly float[] _table = Table(seed);
    private int _matrices;

    /// <inheritdoc/>
    public string Path => "random weights";

    /// <inheritdoc/>
    public bool Has(string name) =>
        !name.EndsWith(".bias", StringComparison.Ordinal) && (name != "output.weight" || !shape.TiedHead);

    /// <inheritdoc/>
    public IStoredMatrix Get(string name, int rows, int columns)
    {
        if (rows == 1)
        {
            return new Ones(columns);
        }

        var values = new Repeated(_table, 7919 * _matrices++ % TableLength, (float)(1 / Math.Sqrt(columns)), rows, columns);
        return stored is { } type && name.StartsWith("blk.", StringComparison.Ordinal) ? new Quantized(values, type) : values;
    }

    /// <inheritdoc/>
    public float[]? RotaryFactors(ArchitectureDescription architecture, ModelConfiguration configuration) => null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static float[] Table(ulong seed)
    {
        var random = new SeededRandom(seed);
        var values = new float[TableLength];
        for (int index = 0; index < values.Length; index++)
        {
            // Uniform with variance 1.
            values[index] = (float)(((2 * random.NextDouble()) - 1) * Math.Sqrt(3));
        }

        return values;
    }

    private sealed record Ones(int Columns) : IStoredMatrix
    {
        public int Rows => 1;

        public void Dequantize(int firstRow, int rowCount, Span<float> destination) => destination.Fill(1);
    }

    private sealed record Repeated(float[] Values, int Offset, float Scale, int Rows, int Columns) : IStoredMatrix
    {
        public void Dequantize(int firstRow, int rowCount, Span<float> destination)
        {
            // Rows begin at places that have no common measure with the table, so that no two neighbours are alike.
            for (int row = 0; row < rowCount; row++)
            {
                int place = (int)((Offset + ((firstRow + row) * 4793L)) % Values.Length);
                Span<float> target = destination.Slice(row * Columns, Columns);
                while (!target.IsEmpty)
                {
                    int count = Math.Min(target.Length, Values.Length - place);
                    for (int index = 0; index < count; index++)
                    {
                        target[index] = Values[place + index] * Scale;
                    }

                    target = target[count..];
                    place = 0;
                }
            }
        }
    }

    private sealed class Quantized : IStoredMatrix
    {
        private const int ValuesAtOnce = 1 << 20;
        private readonly GgmlType _type;
        private readonly byte[] _data;
        private readonly long _rowBytes;

        public Quantized(Repeated values, GgmlType type)
        {
            Rows = values.Rows;
            Columns = values.Columns;
            _type = type;
            _rowBytes = GgmlTypes.RowByteCount(type, Columns);
            _data = GC.AllocateUninitializedArray<byte>(checked((int)(Rows * _rowBytes)));
            int rowsAtOnce = Math.Max(1, ValuesAtOnce / Columns);
            var part = new float[rowsAtOnce * Columns];
            for (int row = 0; row < Rows; row += rowsAtOnce)
            {
                int count = Math.Min(rowsAtOnce, Rows - row);
                values.Dequantize(row, count, part);
                GgmlQuantizer.Quantize(type, part, count, Columns, Bytes(row, count));
            }
        }

        public int Rows { get; }

        public int Columns { get; }

        public void Dequantize(int firstRow, int rowCount, Span<float> destination) =>
            GgmlDequantizer.Dequantize(_type, Bytes(firstRow, rowCount), rowCount, Columns, destination);

        private Span<byte> Bytes(int row, int count) => _data.AsSpan(checked((int)(row * _rowBytes)), checked((int)(count * _rowBytes)));
    }
}
