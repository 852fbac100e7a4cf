namespace EdgeBuild.Runtime;

/// <summary>What happens to the answers of a client: they are judged, and those that are not confident may go another way.</summary>
/// <param name="precision">The share of right answers that the client asks for.</param>
/// <param name="fallback">Who answers what the model is not confident of; null for nobody.</param>
internal sealed class ConfidencePolicy(double precision, FallbackRoute? fallback)
{
    /// <summary>Gets the share of right answers that the client asks for.</summary>
    public double Precision => precision;

    /// <summary>Judges an answer, and has it answered again where it is not confident.</summary>
    /// <param name="rule">Decides which answers are confident.</param>
    /// <param name="inputs">The inputs of the call.</param>
    /// <param name="prediction">The answer of the model.</param>
    /// <param name="settings">How the call is answered.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The answer that the caller gets.</returns>
    public async Task<EdgePrediction> ApplyAsync(
        ConfidenceRule rule, IReadOnlyList<string> inputs, EdgePrediction prediction, CallSettings settings, CancellationToken cancellationToken)
    {
        rule.Judge(prediction, settings.RequiredPrecision ?? precision);
        return fallback is null || prediction.IsConfident
            ? prediction
            : await fallback.AnswerAsync(inputs, prediction, cancellationToken).ConfigureAwait(false);
    }
}
