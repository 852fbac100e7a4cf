namespace EdgeBuild.Runtime;

/// <summary>A typed answer with its probabilities.</summary>
/// <typeparam name="TResult">The generated result type of the prompt.</typeparam>
/// <param name="value">The typed answer.</param>
/// <param name="prediction">The prediction it was made from.</param>
public sealed class Prediction<TResult>(TResult value, EdgePrediction prediction)
{
    /// <summary>Gets the typed answer.</summary>
    public TResult Value { get; } = value;

    /// <inheritdoc cref="EdgePrediction.Confidence"/>
    public double Confidence => prediction.Confidence;

    /// <inheritdoc cref="EdgePrediction.IsConfident"/>
    public bool IsConfident => prediction.IsConfident;

    /// <inheritdoc cref="EdgePrediction.IsUnfamiliar"/>
    public bool IsUnfamiliar => prediction.IsUnfamiliar;

    /// <inheritdoc cref="EdgePrediction.Source"/>
    public AnswerSource Source => prediction.Source;

    /// <inheritdoc cref="EdgePrediction.InputTruncated"/>
    public bool InputTruncated => prediction.InputTruncated;

    /// <inheritdoc cref="EdgePrediction.Elapsed"/>
    public TimeSpan Elapsed => prediction.Elapsed;

    /// <inheritdoc cref="EdgePrediction.Fields"/>
    public IReadOnlyList<FieldPrediction> Fields => prediction.Fields;
}
