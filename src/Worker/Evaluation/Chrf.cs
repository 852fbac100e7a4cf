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
    public static double Score(IEnumerable<(string Candidate, string Reference)> pairs) => ScoreOf(pairs.Select(pair => Matches(pair.Candidate, pair.Reference)));

    /// <summary>Computes the score of a set of rows that are counted already.</summary>
    /// <param name="rows">What <see cref="Matches"/> gives for each row.</param>
    /// <returns>0 to 1.</returns>
    public static double ScoreOf(IEnumerable<IReadOnlyList<(int Found, int Wanted, int Common)>> rows)
    {
        long[] found = new long[Orders];
        long[] wanted = new long[Orders];
        long[] common = new long[Orders];
        foreach (IReadOnlyList<(int Found, int Wanted, int Common)> row in rows)
        {
            for (int order = 0; order < Orders; order++)
            {
                found[order] += row[order].Found;
                wanted[order] += row[order].Wanted;
                common[order] += row[order].Common;
            }
        }

        double precision = 0;
        double recall = 0;
        int orders = 0;
        for (int order = 0; order < Orders; order++)
        {
            if (found[order] > 0 && wanted[order] > 0)
            {
                precision += (double)common[order] / found[order];
                recall += (double)common[order] / wanted[order];
                orders++;
            }
        }

        if (orders == 0)
        {
            return 0;
        }

        precision /= orders;
        recall /= orders;
        return precision + recall == 0 ? 0 : (1 + BetaSquared) * precision * recall / ((BetaSquared * precision) + recall);
    }

    /// <summary>Counts the n-grams of a row.</summary>
    /// <param name="candidate">The generated text.</param>
    /// <param name="reference">The text that was asked for.</param>
    /// <returns>For each order: n-grams of the generated text, of the reference, and those in both.</returns>
    public static IReadOnlyList<(int Found, int Wanted, int Common)> Matches(string candidate, string reference)
    {
        string left = Dense(candidate);
        string right = Dense(reference);
        return
        [
            .. Enumerable.Range(1, Orders).Select(order =>
            {
                Dictionary<string, int> references = Count(right, order);
                return (
                    Math.Max(0, left.Length - order + 1),
                    Math.Max(0, right.Length - order + 1),
                    Count(left, order).Sum(entry => Math.Min(entry.Value, references.GetValueOrDefault(entry.Key))));
            }),
        ];
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
