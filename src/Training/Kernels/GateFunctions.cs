using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>The functions of gates with their derivatives, on vectors of eight.</summary>
/// <typeparam name="T">The compute type.</typeparam>
internal static class GateFunctions<T>
    where T : struct, IElement
{
    // GELU(x) = x · σ(2u) with u = √(2/π) · (x + 0.044715 x³), which is the tanh form written with σ.
    private const float GeluScale = 0.7978845608f;
    private const float GeluCube = 0.044715f;

    /// <summary>The value.</summary>
    /// <param name="x">The gate.</param>
    /// <param name="activation">The function.</param>
    /// <returns>activation(x).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Value(Vector256<float> x, GateActivation activation) => activation == GateActivation.Silu
        ? x * Sigmoid(x)
        : x * Sigmoid(2 * GeluScale * x * (Vector256<float>.One + (GeluCube * x * x)));

    /// <summary>The value and the derivative.</summary>
    /// <param name="x">The gate.</param>
    /// <param name="activation">The function.</param>
    /// <returns>activation(x) and activation'(x).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<float> Value, Vector256<float> Slope) ValueAndSlope(Vector256<float> x, GateActivation activation)
    {
        if (activation == GateActivation.Silu)
        {
            Vector256<float> sigmoid = Sigmoid(x);
            Vector256<float> value = x * sigmoid;
            return (value, sigmoid + (value * (Vector256<float>.One - sigmoid)));
        }

        Vector256<float> square = x * x;
        Vector256<float> s = Sigmoid(2 * GeluScale * x * (Vector256<float>.One + (GeluCube * square)));
        Vector256<float> inner = 2 * GeluScale * (Vector256<float>.One + (3 * GeluCube * square));
        return (x * s, s + (x * s * (Vector256<float>.One - s) * inner));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + T.Exp(-x));
}
