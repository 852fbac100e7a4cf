namespace EdgeBuild.Training;

/// <summary>The queries of one segment and the keys that they see.</summary>
/// <param name="QueryStart">The first query row.</param>
/// <param name="QueryOffsets">For each query its place in the segment; it sees the segment's keys up to there.</param>
/// <param name="Segment">The segment.</param>
internal sealed record AttentionPiece(int QueryStart, int[] QueryOffsets, TokenSegment Segment)
{
    /// <summary>Gets the number of queries.</summary>
    public int QueryCount => QueryOffsets.Length;

    /// <summary>Splits queries by segment.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="queryRows">The rows that ask, ascending.</param>
    /// <returns>The pieces in the order of their queries.</returns>
    public static AttentionPiece[] Plan(TokenBatch batch, IReadOnlyList<int> queryRows)
    {
        var pieces = new List<AttentionPiece>();
        int next = 0;
        foreach (TokenSegment segment in batch.Segments)
        {
            int start = next;
            var offsets = new List<int>();
            for (; next < queryRows.Count && queryRows[next] < segment.Start + segment.Length; next++)
            {
                offsets.Add(queryRows[next] - segment.Start);
            }

            if (offsets.Count > 0)
            {
                pieces.Add(new AttentionPiece(start, [.. offsets], segment));
            }
        }

        return [.. pieces];
    }
}
