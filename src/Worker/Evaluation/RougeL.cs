namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// ROUGE-L of a text (C.-Y. Lin, "ROUGE: a package for automatic evaluation of summaries", 2004, section 3): the F1 of the longest common
/// subsequence of words. Words are runs of letters and digits in lower case, without stemming, as the package rouge-score has them for English.
/// </summary>
public static class RougeL
{
    /// <summary>Computes the score.</summary>
    /// <param name="candidate">The generated text.</param>
    /// <param name="reference">The text that was asked for.</param>
    /// <returns>0 to 1; 0 when one of them has no words.</returns>
    public static double Score(string candidate, string reference)
    {
        string[] found = Words(candidate);
        string[] wanted = Words(reference);
        int common = LongestCommonSubsequence(found, wanted);
        if (common == 0)
        {
            return 0;
        }

        double precision = (double)common / found.Length;
        double recall = (double)common / wanted.Length;
        return 2 * precision * recall / (precision + recall);
    }

    private static string[] Words(string text)
    {
        char[] letters = [.. text.ToLowerInvariant().Select(c => char.IsLetterOrDigit(c) ? c : ' ')];
        return new string(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    private static int LongestCommonSubsequence(string[] left, string[] right)
    {
        int[] row = new int[right.Length + 1];
        foreach (string word in left)
        {
            int diagonal = 0;
            for (int index = 1; index <= right.Length; index++)
            {
                int above = row[index];
                row[index] = word == right[index - 1] ? diagonal + 1 : Math.Max(above, row[index - 1]);
                diagonal = above;
            }
        }

        return row[^1];
    }
}
