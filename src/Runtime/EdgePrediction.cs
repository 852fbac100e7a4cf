namespace EdgeBuild.Runtime;

/// <summary>The answer to one call, with probabilities.</summary>
public sealed class EdgePrediction
{
    /// <summary>Initializes a new instance of the <see cref="EdgePrediction"/> class.</summary>
    /// <param name="fields">The outputs in the order in which the prompt declares them.</param>
    /// <param name="inputTruncated">Whether an input was cut.</param>
    /// <param name="elapsed">The time that the model worked on the call.</param>
    /// <param name="promptTokens">Number of tokens of the prompt.</param>
    /// <param name="cachedTokens">Number of those tokens that were taken from the stored prefix.</param>
    public EdgePrediction(
        IReadOnlyList<FieldPrediction> fields,
        bool inputTruncated,
        TimeSpan elapsed,
        int promptTokens,
        int cachedTokens)
    {
        Fields = fields;
        InputTruncated = inputTruncated;
        Elapsed = elapsed;
        PromptTokens = promptTokens;
        CachedTokens = cachedTokens;
        double confidence = 1;
        foreach (FieldPrediction field in fields)
        {
            confidence *= field.Confidence;
        }

        Confidence = confidence;
    }

    /// <summary>Gets the outputs in the order in which the prompt declares them.</summary>
    public IReadOnlyList<FieldPrediction> Fields { get; }

    /// <summary>Gets a value indicating whether an input was longer than the prompt allows, so that its end was not read.</summary>
    public bool InputTruncated { get; }

    /// <summary>Gets a value indicating whether a text of the answer was longer than the call allowed, so that its end is missing.</summary>
    public bool OutputTruncated => Fields.Any(prediction => prediction.Truncated);

    /// <summary>Gets the time that the model worked on the call, without the wait for other calls.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>Gets the product of the fields' confidences, from 0 to 1: the probability of the whole answer.</summary>
    public double Confidence { get; }

    /// <summary>
    /// Gets a value indicating whether an app can act on the answer: every labelled output is confident and no text of the answer was cut, or
    /// <see cref="EdgeClientOptions.Fallback"/> has answered. Free text and numbers are not judged.
    /// </summary>
    public bool IsConfident => Source == AnswerSource.Fallback || (!OutputTruncated && Fields.All(output => output.IsConfident));

    /// <summary>Gets a value indicating whether the input is unlike the training data, so that the probabilities mean little.</summary>
    public bool IsUnfamiliar => Fields.Any(output => output.IsUnfamiliar);

    /// <summary>Gets who gave the answer.</summary>
    public AnswerSource Source { get; init; }

    /// <summary>Gets the number of tokens of the prompt, inputs included.</summary>
    public int PromptTokens { get; }

    /// <summary>Gets the number of tokens of the answer, fixed text included.</summary>
    public int OutputTokens { get; init; }

    /// <summary>Gets the number of tokens of the prompt that were taken from the stored prefix instead of being computed again.</summary>
    public int CachedTokens { get; }
}
