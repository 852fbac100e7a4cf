using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>A number format in memory that kernels read and write as 32-bit floats.</summary>
internal interface IElement
{
    /// <summary>Gets the bytes of a value.</summary>
    static abstract int Size { get; }

    /// <summary>Reads eight values.</summary>
    /// <param name="address">The first value.</param>
    /// <returns>The values.</returns>
    static abstract Vector256<float> Load(nint address);

    /// <summary>Writes eight values.</summary>
    /// <param name="address">The first value.</param>
    /// <param name="values">The values.</param>
    static abstract void Store(nint address, Vector256<float> values);

    /// <summary>Computes exp of eight values, as exactly as values of this format show it.</summary>
    /// <param name="x">The exponents.</param>
    /// <returns>exp(x).</returns>
    static abstract Vector256<float> Exp(Vector256<float> x);

    /// <summary>Reads a value.</summary>
    /// <param name="address">The value.</param>
    /// <returns>The value.</returns>
    static abstract float Read(nint address);

    /// <summary>Writes a value.</summary>
    /// <param name="address">The place.</param>
    /// <param name="value">The value.</param>
    static abstract void Write(nint address, float value);
}
