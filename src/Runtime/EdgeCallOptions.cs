namespace EdgeBuild.Runtime;

/// <summary>How one call is answered. Generated clients derive from it; a value that is not set has the default of the prompt.</summary>
/// <remarks>
/// Labels, Booleans and numbers are always the most probable ones. The sampling options are for text: with all of them at their
/// defaults it is the most probable token at each place, so that equal calls have equal answers.
/// </remarks>
public class EdgeCallOptions
{
    /// <summary>The number of tokens after which each text of an answer is cut when the call does not say.</summary>
    public const int DefaultMaxTokens = 256;

    /// <summary>
    /// Gets or sets the name of the adapter that answers; null for the one that the build trained from the datasets that name none. A
    /// model of adapters without such datasets refuses calls that name none.
    /// </summary>
    public string? Adapter { get; set; }

    /// <summary>Gets or sets the number of tokens after which each text of the answer is cut; null for <see cref="DefaultMaxTokens"/>.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>Gets or sets how freely text is chosen: 0 or null for the most probable token, 1 for the model's own probabilities.</summary>
    public double? Temperature { get; set; }

    /// <summary>Gets or sets the number of most probable tokens that may be chosen; null or 0 for all.</summary>
    public int? TopK { get; set; }

    /// <summary>Gets or sets the probability that the tokens that may be chosen have together, the most probable first; null or 1 for all.</summary>
    public double? TopP { get; set; }

    /// <summary>Gets or sets the smallest probability of a token that may be chosen, as a part of that of the most probable one; null or 0 for all.</summary>
    public double? MinP { get; set; }

    /// <summary>Gets or sets the factor by which the last 64 tokens of the text become less likely to be repeated; null or 1 for none.</summary>
    public double? RepetitionPenalty { get; set; }

    /// <summary>Gets or sets the seed of the choice; null for another choice in every call.</summary>
    public int? Seed { get; set; }

    /// <summary>
    /// Gets or sets the share of right answers from which on an answer counts as confident, from 0 to 1; null for
    /// <see cref="EdgeClientOptions.RequiredPrecision"/>.
    /// </summary>
    public double? RequiredPrecision { get; set; }

    /// <summary>Gets or sets a value indicating whether <see cref="FieldPrediction.HiddenState"/> is kept, to compare inputs by their meaning for the task.</summary>
    public bool KeepHiddenStates { get; set; }

    /// <summary>
    /// Gets or sets the time after which the call ends with an <see cref="EdgeModelException"/> (EDGE3022), the wait for other calls included; null
    /// for no limit. For many rows it is the time of each group of rows.
    /// </summary>
    public TimeSpan? Timeout { get; set; }
}
