namespace EdgeBuild.Runtime;

/// <summary>The tokens of an answer.</summary>
public sealed class EncodedCompletion
{
    internal EncodedCompletion(int[] tokens, bool[] forced, int[] valueStarts)
    {
        ValueStarts = valueStarts;
        Tokens = tokens;
        Forced = forced;
    }

    /// <summary>Gets for each output the index of the first token of its value.</summary>
    public int[] ValueStarts { get; }

    /// <summary>Gets all tokens, the end of the turn included.</summary>
    public int[] Tokens { get; }

    /// <summary>
    /// Gets, for each token, whether the runtime appends it without asking the model: fixed text between values. The first
    /// fixed token after a value ends that value, so the model decides it and it is not forced.
    /// </summary>
    public bool[] Forced { get; }
}
