using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>
/// exp on vectors of eight, within a unit in the last place. That of the class library rounds right nearly always, since it computes in 64-bit
/// floats, and takes three times as long; after it values of 16 bits cannot tell.
/// </summary>
internal static class VectorExponential
{
    // exp(x) = 2ⁿ · exp(r) with n = round(x / ln 2) and |r| ≤ ln 2 / 2; the polynomial is that of Cephes, expf.c (Moshier, 1989).
    private const float Log2E = 1.44269504088896341f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float Smallest = -87.3f;
    private const float Largest = 88.3f;
    private const int ExponentBits = 23;

    /// <summary>Computes exp.</summary>
    /// <param name="x">The exponents.</param>
    /// <returns>exp(x): 0 below −87.3 (also for −∞), ∞ above 88.3, NaN for NaN.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        Vector256<float> n = Vector256.Round(x * Log2E);
        Vector256<float> r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2High), x);
        r = Vector256.MultiplyAddEstimate(n, Vector256.Create(-Ln2Low), r);
        Vector256<float> p = Vector256.Create(1.9875691500e-4f);
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.3981999507e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(8.3334519073e-3f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(4.1665795894e-2f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(1.6666665459e-1f));
        p = Vector256.MultiplyAddEstimate(p, r, Vector256.Create(5.0000001201e-1f));

        // The one is added last, so that only this sum is rounded at its size.
        p = Vector256<float>.One + Vector256.MultiplyAddEstimate(p, r * r, r);

        // What is out of range, or no number, may become anything here and is replaced below.
        Vector256<int> exponent = Vector256.ConvertToInt32Native(n) << ExponentBits;
        Vector256<float> result = (p.AsInt32() + exponent).AsSingle();
        result = Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(Smallest)), Vector256<float>.Zero, result);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(x, Vector256.Create(Largest)), Vector256.Create(float.PositiveInfinity), result);
        return Vector256.ConditionalSelect(Vector256.Equals(x, x), result, x);
    }
}
