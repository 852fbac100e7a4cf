namespace EdgeBuild.Training;

/// <summary>A matrix in the form in which it is stored, quantized as a rule.</summary>
internal interface IStoredMatrix
{
    /// <summary>Gets the number of rows.</summary>
    int Rows { get; }

    /// <summary>Gets the number of values of a row.</summary>
    int Columns { get; }

    /// <summary>Converts some rows to 32-bit floats.</summary>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="destination">Receives the values, row after row.</param>
    void Dequantize(int firstRow, int rowCount, Span<float> destination);
}
