namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// chrF (M. Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015) with the settings of sacreBLEU: n-grams of 1 to 6
/// characters without white space, recall weighs twice (β = 2), counts are summed over all rows, and orders that no text is long enough for are left
/// out.
/// </summary>
public static class Chrf
{
    private const int Orders = 6;
    private const double BetaSquared = 4;

    /// <summary>Computes the score of a set of rows.</summary>
    /// <param name="pairs">Generated text and reference of each row.</param>
    /// <returns>0 to 1.</returns>
    public static double Score(IEnumerable<(string Candidate, string Reference)> pairs)
    {
        long[] found = new long[Orders];
        long[] wanted = new long[Orders];
        long[] common = new long[Orders];
        foreach ((string candidate, string reference) in pairs)
        {
            string left = Dense(candidate);
            string right = Dense(reference);
            for (int order = 1; order <= Orders; order++)
            {
                Dictionary<string, int> counts = Count(left, order);
                Dictionary<string, int> references = Count(right, order);
                found[order - 1] += Math.Max(0, left.Length - order + 1);
                wanted[order - 1] += Math.Max(0, right.Length - order + 1);
                common[order - 1] += counts.Sum(entry => Math.Min(entry.Value, references.GetValueOrDefault(entry.Key)));
            }
        }

        int[] orders = [.. Enumerable.Range(0, Orders).Where(order => found[order] > 0 && wanted[order] > 0)];
        if (orders.Length == 0)
        {
            return 0;
        }

        double precision = orders.Average(order => (double)common[order] / found[order]);
        double recall = orders.Average(order => (double)common[order] / wanted[order]);
        return precision + recall == 0 ? 0 : (1 + BetaSquared) * precision * recall / ((BetaSquared * precision) + recall);
    }

    private static string Dense(string text) => string.Concat(text.Where(c => !char.IsWhiteSpace(c)));

    private static Dictionary<string, int> Count(string text, int order)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int start = 0; start + order <= text.Length; start++)
        {
            string gram = text.Substring(start, order);
            counts[gram] = counts.GetValueOrDefault(gram) + 1;
        }

        return counts;
    }
}
