using EdgeBuild.Runtime;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>Learns from held-out rows where the hidden states of inputs lie that the model was trained for.</summary>
public static class FamiliarityFit
{
    /// <summary>The share of familiar rows that count as unfamiliar.</summary>
    private const double Share = 0.02;

    private const int FewestRows = 20;

    /// <summary>Learns it.</summary>
    /// <param name="rows">The hidden state before the value of each row, and the row's label.</param>
    /// <returns>The means of the labels and the smallest familiar cosine; null for too few rows.</returns>
    public static EdgeManifestFamiliarity? Of(IReadOnlyList<(ReadOnlyMemory<float> HiddenState, string Label)> rows)
    {
        if (rows.Count < FewestRows)
        {
            return null;
        }

        int width = rows[0].HiddenState.Length;
        (double[] Direction, string Label)[] directions = [.. rows.Select(row => (Unit(row.HiddenState.Span), row.Label))];
        var sums = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach ((double[] direction, string label) in directions)
        {
            if (!sums.TryGetValue(label, out double[]? sum))
            {
                sums.Add(label, sum = new double[width]);
            }

            Add(sum, direction, 1);
        }

        double[] cosines = [.. directions.Select(row => WithoutItself(sums, row.Direction, row.Label)).Order()];
        return new EdgeManifestFamiliarity
        {
            Lowest = cosines[(int)(Share * cosines.Length)],
            Width = width,
            Means = EdgeManifestFamiliarity.Encode([.. sums.Values.Select(sum => sum.Select(value => (float)(value / Math.Sqrt(Product(sum, sum)))).ToArray())]),
        };
    }

    // A row is part of its label's mean, which makes it look more familiar than a new one would.
    private static double WithoutItself(Dictionary<string, double[]> sums, double[] direction, string own)
    {
        double best = -1;
        foreach ((string label, double[] sum) in sums)
        {
            double[] others = sum;
            if (label == own)
            {
                others = [.. sum];
                Add(others, direction, -1);
            }

            double length = Math.Sqrt(Product(others, others));
            best = length > 1e-6 ? Math.Max(best, Product(direction, others) / length) : best;
        }

        return best;
    }

    private static double[] Unit(ReadOnlySpan<float> values)
    {
        double[] result = new double[values.Length];
        for (int index = 0; index < result.Length; index++)
        {
            result[index] = values[index];
        }

        double length = Math.Sqrt(Product(result, result));
        return [.. result.Select(value => value / length)];
    }

    private static void Add(double[] sum, double[] values, double factor)
    {
        for (int index = 0; index < sum.Length; index++)
        {
            sum[index] += factor * values[index];
        }
    }

    private static double Product(double[] left, double[] right)
    {
        double sum = 0;
        for (int index = 0; index < left.Length; index++)
        {
            sum += left[index] * right[index];
        }

        return sum;
    }
}
