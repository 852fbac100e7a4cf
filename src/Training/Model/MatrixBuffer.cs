using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Memory for a matrix whose number of rows changes from step to step. It grows and is used again, so that steps allocate nothing.</summary>
/// <param name="columns">The values of a row.</param>
/// <param name="type">The type of the values.</param>
/// <param name="device">Where it lies.</param>
internal sealed class MatrixBuffer(int columns, ScalarType type, Device device) : IDisposable
{
    private Matrix _storage;
    private Matrix _view;

    /// <summary>Gets the bytes of a row.</summary>
    public long BytesPerRow => columns * (type == ScalarType.BFloat16 ? sizeof(ushort) : (long)sizeof(float));

    /// <summary>Gets a view of the first rows; its content is undefined. It is valid until the next call.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <returns>The view.</returns>
    public Matrix Take(int rows)
    {
        if (_view.Tensor is not null && _view.Rows == rows)
        {
            return _view;
        }

        if (_storage.Tensor is null || _storage.Rows < rows)
        {
            Dispose();
            const int granularity = 64;
            Tensor storage = empty(Math.Max(1, (rows + granularity - 1) / granularity) * granularity, columns, dtype: type, device: device);
            _storage = Matrix.Of(storage.DetachFromDisposeScope());
        }

        if (_view.Tensor is not null && !ReferenceEquals(_view.Tensor, _storage.Tensor))
        {
            _view.Tensor.Dispose();
        }

        _view = _storage.RowRange(0, rows);
        _view.Tensor.DetachFromDisposeScope();
        return _view;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.Tensor?.Dispose();
        _storage.Tensor?.Dispose();
        _view = default;
        _storage = default;
    }
}
