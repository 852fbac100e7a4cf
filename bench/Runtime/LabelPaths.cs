namespace EdgeBuild.Benchmarks;

/// <summary>What has to be computed to score labels: their trie, each token that something follows once.</summary>
/// <param name="Nodes">The nodes, parents first: a token, its depth, and the branches that go through it.</param>
/// <param name="BranchCount">The number of branches.</param>
/// <param name="Scored">The tokens of each label whose probabilities make up its own.</param>
internal sealed record LabelPaths(IReadOnlyList<(int Token, int Depth, int[] Branches)> Nodes, int BranchCount, IReadOnlyList<int[]> Scored)
{
    /// <summary>Gets the paths of labels that need no computation of their own.</summary>
    public static LabelPaths None { get; } = new([], 0, []);

    /// <summary>Finds the paths of labels.</summary>
    /// <param name="answers">The tokens of each label and the one that ends it.</param>
    /// <returns>The paths.</returns>
    public static LabelPaths Of(IReadOnlyList<int[]> answers)
    {
        // The end of a label is scored only where another one goes on.
        int[][] scored = [.. answers.Select(answer =>
        {
            int[] label = answer[..^1];
            return answers.Any(other => other.Length > answer.Length && other.AsSpan().StartsWith(label)) ? answer : label;
        })];
        int[][] inner = [.. scored.Select(tokens => tokens[..^1]).Distinct(TokenSequences.Comparer).OrderBy(tokens => tokens.Length)];
        int[][] ends = [.. inner.Where(tokens => tokens.Length > 0 && !inner.Any(other => other.Length > tokens.Length && other.AsSpan().StartsWith(tokens)))];
        var nodes = new List<(int, int, int[])>();
        var seen = new HashSet<int[]>(TokenSequences.Comparer);
        foreach (int[] end in ends)
        {
            for (int length = 1; length <= end.Length; length++)
            {
                int[] path = end[..length];
                if (seen.Add(path))
                {
                    nodes.Add((path[^1], length - 1, [.. Enumerable.Range(0, ends.Length).Where(branch => ends[branch].AsSpan().StartsWith(path))]));
                }
            }
        }

        return new LabelPaths([.. nodes], ends.Length, scored);
    }

    private sealed class TokenSequences : IEqualityComparer<int[]>
    {
        public static TokenSequences Comparer { get; } = new();

        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(int[] obj)
        {
            var hash = default(HashCode);
            foreach (int token in obj)
            {
                hash.Add(token);
            }

            return hash.ToHashCode();
        }
    }
}
