using System.Runtime.Intrinsics;

namespace EdgeBuild.Training;

/// <summary>Cross entropy of one row of logits.</summary>
/// <typeparam name="T">The type of the logits.</typeparam>
internal static class SoftmaxRow<T>
    where T : struct, IElement
{
    private const int Lanes = 8;

    /// <summary>−log softmax(logits)[target]; the logits are replaced by their gradient (softmax − one-hot) · scale unless the scale is 0.</summary>
    /// <param name="logits">The first value.</param>
    /// <param name="count">The number of values.</param>
    /// <param name="target">The right one.</param>
    /// <param name="scale">The factor of the gradient.</param>
    /// <returns>The loss in nats.</returns>
    public static double CrossEntropy(nint logits, int count, int target, float scale)
    {
        int whole = count - (count % Lanes);
        float largest = float.NegativeInfinity;
        Vector256<float> maxima = Vector256.Create(float.NegativeInfinity);
        for (int index = 0; index < whole; index += Lanes)
        {
            maxima = Vector256.Max(maxima, T.Load(logits + (index * T.Size)));
        }

        for (int lane = 0; lane < Lanes; lane++)
        {
            largest = MathF.Max(largest, maxima[lane]);
        }

        for (int index = whole; index < count; index++)
        {
            largest = MathF.Max(largest, T.Read(logits + (index * T.Size)));
        }

        double sum = 0;
        Vector256<float> shift = Vector256.Create(largest);
        const int block = 4096;
        for (int start = 0; start < whole; start += block)
        {
            Vector256<float> sums = default;
            for (int index = start; index < Math.Min(whole, start + block); index += Lanes)
            {
                sums += T.Exp(T.Load(logits + (index * T.Size)) - shift);
            }

            sum += Vector256.Sum(sums);
        }

        for (int index = whole; index < count; index++)
        {
            sum += MathF.Exp(T.Read(logits + (index * T.Size)) - largest);
        }

        double logSum = largest + Math.Log(sum);
        nint right = logits + ((nint)target * T.Size);
        double loss = logSum - T.Read(right);
        if (scale == 0)
        {
            return loss;
        }

        float probability = (float)Math.Exp(-loss);
        shift = Vector256.Create((float)logSum);
        for (int index = 0; index < whole; index += Lanes)
        {
            T.Store(logits + (index * T.Size), T.Exp(T.Load(logits + (index * T.Size)) - shift) * scale);
        }

        for (int index = whole; index < count; index++)
        {
            T.Write(logits + (index * T.Size), MathF.Exp(T.Read(logits + (index * T.Size)) - (float)logSum) * scale);
        }

        T.Write(right, (probability - 1) * scale);
        return loss;
    }
}
