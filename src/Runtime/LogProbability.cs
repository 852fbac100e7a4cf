using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EdgeBuild.Runtime;

/// <summary>Log-probabilities from a model's logits.</summary>
internal static class LogProbability
{
    /// <summary>Computes log Σ exp(x), shifted by the maximum so that it neither overflows nor loses the largest terms.</summary>
    /// <param name="logits">The logits of one position, one per token of the vocabulary.</param>
    /// <returns>The logarithm of the normalizer of their softmax.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // The first call is slow enough without tier-0 code over a whole vocabulary.
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float maximum = Maximum(logits);
        int i = 0;
        double sum = 0;
        if (Vector256.IsHardwareAccelerated && logits.Length >= Vector256<float>.Count)
        {
            Vector256<float> shift = Vector256.Create(maximum);

            // Partial sums of a few thousand terms each are kept in single precision, their total in double precision.
            const int BlockLength = 4096;
            while (i <= logits.Length - Vector256<float>.Count)
            {
                int end = Math.Min(logits.Length, i + BlockLength);
                Vector256<float> partial = Vector256<float>.Zero;
                for (; i <= end - Vector256<float>.Count; i += Vector256<float>.Count)
                {
                    partial += Vector256.Exp(Vector256.Create(logits.Slice(i, Vector256<float>.Count)) - shift);
                }

                sum += Vector256.Sum(partial);
                if (end == logits.Length)
                {
                    break;
                }
            }
        }

        for (; i < logits.Length; i++)
        {
            sum += Math.Exp(logits[i] - maximum);
        }

        return maximum + Math.Log(sum);
    }

    /// <summary>Finds the position of the largest value; the first one of equals.</summary>
    /// <param name="values">The values; at least one.</param>
    /// <returns>Its index.</returns>
    public static int IndexOfMaximum(ReadOnlySpan<float> values) => values.IndexOf(Maximum(values));

    /// <summary>Finds the most probable of some tokens; the first one of equals.</summary>
    /// <param name="logits">The logits.</param>
    /// <param name="tokens">The tokens; at least one.</param>
    /// <returns>The token.</returns>
    public static int MostProbable(ReadOnlySpan<float> logits, ReadOnlySpan<int> tokens)
    {
        int best = tokens[0];
        foreach (int token in tokens)
        {
            best = logits[token] > logits[best] ? token : best;
        }

        return best;
    }

    /// <summary>Converts log-probabilities to probabilities that sum to 1: softmax of x divided by a temperature.</summary>
    /// <param name="logProbabilities">The values; at least one. Replaced by the probabilities.</param>
    /// <param name="temperature">The temperature, above 0.</param>
    public static void Softmax(Span<double> logProbabilities, double temperature)
    {
        double maximum = double.NegativeInfinity;
        foreach (double value in logProbabilities)
        {
            maximum = Math.Max(maximum, value);
        }

        double sum = 0;
        foreach (ref double value in logProbabilities)
        {
            value = Math.Exp((value - maximum) / temperature);
            sum += value;
        }

        foreach (ref double value in logProbabilities)
        {
            value /= sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Maximum(ReadOnlySpan<float> values)
    {
        int i = 0;
        float maximum = float.NegativeInfinity;
        if (Vector.IsHardwareAccelerated && values.Length >= Vector<float>.Count)
        {
            var partial = new Vector<float>(values);
            for (; i <= values.Length - Vector<float>.Count; i += Vector<float>.Count)
            {
                partial = Vector.Max(partial, new Vector<float>(values[i..]));
            }

            for (int lane = 0; lane < Vector<float>.Count; lane++)
            {
                maximum = Math.Max(maximum, partial[lane]);
            }
        }

        for (; i < values.Length; i++)
        {
            maximum = Math.Max(maximum, values[i]);
        }

        return maximum;
    }
}
