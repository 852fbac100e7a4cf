using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>The weights of a GGUF file.</summary>
/// <param name="file">The file; disposed of with this.</param>
internal sealed class GgufWeights(GgufFile file) : IWeightSource
{
    /// <inheritdoc/>
    public string Path => file.Path;

    /// <inheritdoc/>
    public bool Has(string name) => file.FindTensor(name) is not null;

    /// <inheritdoc/>
    public IStoredMatrix Get(string name, int rows, int columns)
    {
        GgufTensor tensor = ArchitectureDescription.RequiredTensor(file, name);
        return tensor.RowLength == columns && tensor.RowCount == rows ? new Stored(tensor, rows, columns) : throw WrongShape(name);
    }

    /// <inheritdoc/>
    public float[]? RotaryFactors(ArchitectureDescription architecture, ModelConfiguration configuration)
    {
        GgufTensor? tensor = architecture.RotaryFactors(file);
        return tensor is null || tensor.ElementCount >= configuration.RopeDimensionCount / 2 ? tensor?.Dequantize() : throw WrongShape(tensor.Name);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private EdgeBuildException WrongShape(string name) => new(
        ErrorCodes.UnsupportedArchitecture, $"The tensor '{name}' has not the shape that the model's metadata give. Use an unmodified model file.", Path);

    private sealed record Stored(GgufTensor Tensor, int Rows, int Columns) : IStoredMatrix
    {
        public void Dequantize(int firstRow, int rowCount, Span<float> destination) => Tensor.Dequantize(firstRow, rowCount, destination);
    }
}
