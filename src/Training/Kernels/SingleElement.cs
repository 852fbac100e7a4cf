using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>32-bit floats.</summary>
internal readonly unsafe struct SingleElement : IElement
{
    /// <inheritdoc/>
    public static int Size => sizeof(float);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(nint address) => Vector256.Load((float*)address);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(nint address, Vector256<float> values) => values.Store((float*)address);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x) => Vector256.Exp(x);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(nint address) => *(float*)address;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(nint address, float value) => *(float*)address = value;
}
