using TorchSharp;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>A two-dimensional view of a tensor whose rows are dense, with the address that processor kernels read and write.</summary>
/// <param name="Tensor">The view.</param>
/// <param name="Address">The address of the first value; zero on devices.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">The number of values of a row.</param>
/// <param name="RowStride">The values between the starts of two rows.</param>
/// <param name="Type">The type of the values.</param>
internal readonly record struct Matrix(Tensor Tensor, nint Address, int Rows, int Columns, int RowStride, ScalarType Type)
{
    /// <summary>Wraps a tensor whose last dimension is dense.</summary>
    /// <param name="tensor">A tensor with two dimensions.</param>
    /// <returns>The view.</returns>
    public static Matrix Of(Tensor tensor) =>
        new(tensor, AddressOf(tensor), (int)tensor.shape[0], (int)tensor.shape[1], (int)tensor.stride(0), tensor.dtype);

    /// <summary>Some columns; the new handle belongs to the current dispose scope.</summary>
    /// <param name="start">The first column.</param>
    /// <param name="count">The number of columns.</param>
    /// <returns>The view.</returns>
    public Matrix ColumnRange(int start, int count) => start == 0 && count == Columns
        ? this
        : this with { Tensor = Tensor.narrow(1, start, count), Address = Shift(start), Columns = count };

    /// <summary>Some rows; the new handle belongs to the current dispose scope.</summary>
    /// <param name="start">The first row.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>The view.</returns>
    public Matrix RowRange(int start, int count) => start == 0 && count == Rows
        ? this
        : this with { Tensor = Tensor.narrow(0, start, count), Address = Shift((long)start * RowStride), Rows = count };

    /// <summary>The address of a tensor's first value.</summary>
    /// <param name="tensor">Any tensor.</param>
    /// <returns>The address, or zero when the values are not in this process's memory.</returns>
    public static unsafe nint AddressOf(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU || tensor.numel() == 0)
        {
            return 0;
        }

        // A view of one value, since a span cannot describe more than 2 GiB.
        using Tensor first = tensor.as_strided([1], [1], tensor.storage_offset());
        fixed (byte* address = first.bytes)
        {
            return (nint)address;
        }
    }

    private nint Shift(long values) => Address == 0 ? 0 : Address + (nint)(values * (Type == ScalarType.BFloat16 ? sizeof(ushort) : sizeof(float)));
}
