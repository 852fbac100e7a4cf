using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeBuild.Training;

/// <summary>The upper halves of 32-bit floats, rounded to nearest even.</summary>
internal readonly unsafe struct BFloat16Element : IElement
{
    /// <inheritdoc/>
    public static int Size => sizeof(ushort);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(nint address)
    {
        Vector128<ushort> halves = Vector128.Load((ushort*)address);
        Vector256<uint> wide = Avx2.IsSupported
            ? Avx2.ConvertToVector256Int32(halves).AsUInt32()
            : Vector256.Create(Vector128.WidenLower(halves), Vector128.WidenUpper(halves));
        return (wide << 16).AsSingle();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(nint address, Vector256<float> values)
    {
        Vector256<uint> bits = values.AsUInt32();
        Vector256<uint> rounded = (bits + Vector256.Create(0x7fffu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
        Vector128<ushort> halves = Avx512F.VL.IsSupported
            ? Avx512F.VL.ConvertToVector128UInt16(rounded)
            : Vector128.Narrow(rounded.GetLower(), rounded.GetUpper());
        halves.Store((ushort*)address);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x) => VectorExponential.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(nint address) => BitConverter.UInt32BitsToSingle((uint)*(ushort*)address << 16);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(nint address, float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        *(ushort*)address = (ushort)((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}
