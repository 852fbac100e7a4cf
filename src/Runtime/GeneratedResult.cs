namespace EdgeBuild.Runtime;

/// <summary>A generated value.</summary>
internal sealed class GeneratedResult
{
    /// <summary>Gets or sets the value as text.</summary>
    public string Text { get; set; } = string.Empty;

    /// <summary>Gets or sets the sum of the log-probabilities of its tokens.</summary>
    public double LogProbability { get; set; }

    /// <summary>Gets or sets a value indicating whether a text was cut.</summary>
    public bool Truncated { get; set; }
}
