using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>Rotates the pairs of one head in place: (x, y) becomes (x · cos − y · sin, x · sin + y · cos).</summary>
/// <typeparam name="T">The type of the values.</typeparam>
internal static class RotaryRow<T>
    where T : struct, IElement
{
    private const int Lanes = 8;
    private const int PairsOfVector = Lanes / 2;

    private static readonly Vector256<int> _repeat = Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3);
    private static readonly Vector256<int> _swap = Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6);
    private static readonly Vector256<float> _signs = Vector256.Create(-1f, 1, -1, 1, -1, 1, -1, 1);

    /// <summary>Rotates pairs (2j, 2j + 1).</summary>
    /// <param name="head">The first value.</param>
    /// <param name="cosines">One for each pair.</param>
    /// <param name="sines">One for each pair.</param>
    /// <param name="inverse">Whether to rotate back.</param>
    public static void Adjacent(nint head, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, bool inverse)
    {
        Vector256<float> signs = inverse ? -_signs : _signs;
        int pair = 0;
        for (; pair + PairsOfVector <= cosines.Length; pair += PairsOfVector)
        {
            nint at = head + (2 * pair * T.Size);
            Vector256<float> value = T.Load(at);
            T.Store(at, (value * Repeat(cosines, pair)) + (Vector256.Shuffle(value, _swap) * Repeat(sines, pair) * signs));
        }

        for (; pair < cosines.Length; pair++)
        {
            nint at = head + (2 * pair * T.Size);
            Pair(at, at + T.Size, cosines[pair], inverse ? -sines[pair] : sines[pair]);
        }
    }

    /// <summary>Rotates pairs (j, j + n/2).</summary>
    /// <param name="head">The first value.</param>
    /// <param name="cosines">One for each pair.</param>
    /// <param name="sines">One for each pair.</param>
    /// <param name="inverse">Whether to rotate back.</param>
    public static void Halves(nint head, ReadOnlySpan<float> cosines, ReadOnlySpan<float> sines, bool inverse)
    {
        nint distance = cosines.Length * T.Size;
        int pair = 0;
        for (; pair + Lanes <= cosines.Length; pair += Lanes)
        {
            nint at = head + (pair * T.Size);
            Vector256<float> x = T.Load(at);
            Vector256<float> y = T.Load(at + distance);
            Vector256<float> cosine = Vector256.LoadUnsafe(in cosines[pair]);
            Vector256<float> sine = Vector256.LoadUnsafe(in sines[pair]);
            sine = inverse ? -sine : sine;
            T.Store(at, (x * cosine) - (y * sine));
            T.Store(at + distance, (x * sine) + (y * cosine));
        }

        for (; pair < cosines.Length; pair++)
        {
            nint at = head + (pair * T.Size);
            Pair(at, at + distance, cosines[pair], inverse ? -sines[pair] : sines[pair]);
        }
    }

    private static Vector256<float> Repeat(ReadOnlySpan<float> values, int start) =>
        Vector256.Shuffle(Vector128.LoadUnsafe(in values[start]).ToVector256Unsafe(), _repeat);

    private static void Pair(nint first, nint second, float cosine, float sine)
    {
        float x = T.Read(first);
        float y = T.Read(second);
        T.Write(first, (x * cosine) - (y * sine));
        T.Write(second, (x * sine) + (y * cosine));
    }
}
