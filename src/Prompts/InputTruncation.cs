namespace EdgeBuild.Prompts;

/// <summary>The one rule for inputs that are too long: the longest is cut first, down to the next longest, and keeps its head.</summary>
public static class InputTruncation
{
    /// <summary>Computes how many tokens of every input are kept.</summary>
    /// <param name="tokenCounts">The number of tokens of each input; none is negative.</param>
    /// <param name="maximum">The number of tokens that all inputs together may take.</param>
    /// <returns>
    /// The number of tokens to keep of each input, from its start. Their sum is <paramref name="maximum"/> when anything is cut;
    /// tokens that do not divide evenly go to the earlier inputs.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maximum"/> is negative.</exception>
    public static int[] Lengths(IReadOnlyList<int> tokenCounts, int maximum)
    {
        if (maximum < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(maximum));
        }

        int[] kept = [.. tokenCounts];
        if (kept.Sum(count => (long)count) <= maximum)
        {
            return kept;
        }

        int[] ascending = [.. kept.OrderBy(count => count)];
        int left = maximum;
        int level = 0;
        int extra = 0;
        for (int index = 0; index < ascending.Length; index++)
        {
            int share = left / (ascending.Length - index);
            if (ascending[index] > share)
            {
                level = share;
                extra = left % (ascending.Length - index);
                break;
            }

            left -= ascending[index];
        }

        for (int index = 0; index < kept.Length; index++)
        {
            if (kept[index] > level)
            {
                kept[index] = level + (extra-- > 0 ? 1 : 0);
            }
        }

        return kept;
    }
}
