namespace EdgeBuild.Training.Tests;

/// <summary>Differences between arrays of numbers.</summary>
internal static class Compare
{
    public static float[] Flat(float[,] values)
    {
        var result = new float[values.Length];
        Buffer.BlockCopy(values, 0, result, 0, values.Length * sizeof(float));
        return result;
    }

    public static double LargestDifference(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        double largest = 0;
        for (int index = 0; index < actual.Length; index++)
        {
            double difference = Math.Abs(actual[index] - expected[index]);
            largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
        }

        return largest;
    }

    /// <summary>|actual − expected| / |expected| in the Euclidean norm.</summary>
    public static double RelativeError(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        Assert.AreEqual(expected.Length, actual.Length);
        double error = 0;
        double norm = 0;
        for (int index = 0; index < actual.Length; index++)
        {
            error += Math.Pow((double)actual[index] - expected[index], 2);
            norm += Math.Pow(expected[index], 2);
        }

        return Math.Sqrt(error / norm);
    }
}
