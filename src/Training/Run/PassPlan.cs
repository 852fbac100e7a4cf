namespace EdgeBuild.Training;

/// <summary>What a pass derives from its batch once.</summary>
internal sealed class PassPlan
{
    public PassPlan(TokenBatch batch)
    {
        Batch = batch;
        int[] all = [.. Enumerable.Range(0, batch.Tokens.Length)];
        Pieces = AttentionPiece.Plan(batch, all);
        OutputPieces = AttentionPiece.Plan(batch, batch.OutputRows);
        OutputPositions = [.. batch.OutputRows.Select(row => batch.Positions[row])];
    }

    /// <summary>Gets the batch.</summary>
    public TokenBatch Batch { get; }

    /// <summary>Gets the number of rows.</summary>
    public int Rows => Batch.Tokens.Length;

    /// <summary>Gets the number of output rows.</summary>
    public int OutputCount => Batch.OutputRows.Length;

    /// <summary>Gets the attention of all rows.</summary>
    public AttentionPiece[] Pieces { get; }

    /// <summary>Gets the attention of the output rows, for the last block.</summary>
    public AttentionPiece[] OutputPieces { get; }

    /// <summary>Gets the positions of the output rows.</summary>
    public int[] OutputPositions { get; }
}
