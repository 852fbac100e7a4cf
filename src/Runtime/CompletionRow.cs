namespace EdgeBuild.Runtime;

/// <summary>One prompt while its answer is found: its sequence, and the tokens that the model has not computed yet.</summary>
/// <param name="sequence">The sequence; it holds the prefix of the prompt.</param>
/// <param name="prompt">The prompt.</param>
/// <param name="settings">How it is answered.</param>
internal sealed class CompletionRow(int sequence, EncodedPrompt prompt, CallSettings settings)
{
    /// <summary>Gets how the row is answered.</summary>
    public CallSettings Settings { get; } = settings;


    /// <summary>Gets the sequence.</summary>
    public int Sequence { get; } = sequence;

    /// <summary>Gets the position of the first token that is not computed.</summary>
    public int Position { get; private set; } = prompt.PrefixLength;

    /// <summary>Gets the tokens that are not computed.</summary>
    public List<int> Pending { get; } = [.. prompt.Tokens[prompt.PrefixLength..]];

    /// <summary>Appends the pending tokens to the batch of a context; the logits after the last one can be read.</summary>
    /// <param name="context">The context.</param>
    /// <param name="forks">Sequences that go on from the row's one: the text before them is computed once for all.</param>
    /// <returns>The index of the last token in the batch.</returns>
    public int AppendPending(InferenceContext context, ReadOnlySpan<int> forks)
    {
        int[] sequences = [Sequence, .. forks];
        int last = -1;
        for (int i = 0; i < Pending.Count; i++)
        {
            last = context.Append(Pending[i], Position + i, sequences, withLogits: i == Pending.Count - 1);
        }

        return last;
    }

    /// <summary>Takes note that the pending tokens are computed.</summary>
    public void Advance()
    {
        Position += Pending.Count;
        Pending.Clear();
    }
}
