namespace EdgeBuild.Runtime;

/// <summary>The tokens of a prompt with its inputs, up to and with the header of the answer.</summary>
public sealed class EncodedPrompt
{
    internal EncodedPrompt(int[] tokens, int prefixLength, bool truncated)
    {
        Tokens = tokens;
        PrefixLength = prefixLength;
        Truncated = truncated;
    }

    /// <summary>Gets all tokens.</summary>
    public int[] Tokens { get; }

    /// <summary>Gets how many of the first tokens are the same for every call of the prompt.</summary>
    public int PrefixLength { get; }

    /// <summary>Gets a value indicating whether an input was cut.</summary>
    public bool Truncated { get; }
}
