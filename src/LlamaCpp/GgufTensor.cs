namespace EdgeBuild.LlamaCpp;

/// <summary>A tensor of an open <see cref="GgufFile"/>. Its data are the mapped file: valid until the file is disposed.</summary>
public sealed class GgufTensor
{
    private readonly GgufFile _file;
    private readonly long[] _shape;

    internal GgufTensor(GgufFile file, string name, GgmlType type, long[] shape, long offset, long byteCount)
    {
        _file = file;
        _shape = shape;
        Name = name;
        Type = type;
        Offset = offset;
        ByteCount = byteCount;
    }

    /// <summary>Gets the name, for example <c>blk.0.attn_q.weight</c>.</summary>
    public string Name { get; }

    /// <summary>Gets the element type.</summary>
    public GgmlType Type { get; }

    /// <summary>Gets the sizes in ggml's order (<c>ne</c>): the row length first. A matrix [out, in] of other frameworks is (in, out) here.</summary>
    public IReadOnlyList<long> Shape => _shape;

    /// <summary>Gets the place of the data in the file, in bytes from its start.</summary>
    public long Offset { get; }

    /// <summary>Gets the size of the data in bytes.</summary>
    public long ByteCount { get; }

    /// <summary>Gets the number of values in a row, <c>ne[0]</c>.</summary>
    public long RowLength => _shape[0];

    /// <summary>Gets the number of rows, the product of all sizes but the first.</summary>
    public long RowCount => ElementCount / RowLength;

    /// <summary>Gets the number of values.</summary>
    public long ElementCount
    {
        get
        {
            long count = 1;
            foreach (long size in _shape)
            {
                count *= size;
            }

            return count;
        }
    }

    /// <summary>Gets the bytes as they stand in the file.</summary>
    /// <exception cref="InvalidOperationException">The tensor is larger than 2 GiB: use <see cref="GetRows"/>.</exception>
    public ReadOnlySpan<byte> Data => ByteCount <= int.MaxValue
        ? _file.GetBytes(Offset, (int)ByteCount)
        : throw new InvalidOperationException($"The tensor '{Name}' is too large for one span; read its rows.");

    /// <summary>The bytes of some rows.</summary>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <returns>The bytes as they stand in the file.</returns>
    public ReadOnlySpan<byte> GetRows(long firstRow, long rowCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfNegative(rowCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rowCount, RowCount - firstRow);
        long rowBytes = GgmlTypes.RowByteCount(Type, RowLength);
        return _file.GetBytes(Offset + (firstRow * rowBytes), checked((int)(rowCount * rowBytes)));
    }

    /// <summary>Converts all values to 32-bit floats.</summary>
    /// <returns>The values, row after row.</returns>
    public float[] Dequantize()
    {
        float[] values = GC.AllocateUninitializedArray<float>(checked((int)ElementCount));
        Dequantize(values);
        return values;
    }

    /// <summary>Converts all values to 32-bit floats, with several threads.</summary>
    /// <param name="destination">Receives <see cref="ElementCount"/> values, row after row.</param>
    public void Dequantize(Span<float> destination) => Dequantize(0, RowCount, destination);

    /// <summary>Converts some rows to 32-bit floats, with several threads.</summary>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="destination">Receives <c>rowCount * RowLength</c> values.</param>
    public void Dequantize(long firstRow, long rowCount, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((long)destination.Length, rowCount * RowLength, nameof(destination));
        GgmlDequantizer.Dequantize(Type, GetRows(firstRow, rowCount), rowCount, RowLength, destination);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {GgmlTypes.Name(Type)} [{string.Join(", ", _shape)}]";
}
