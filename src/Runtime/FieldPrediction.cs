namespace EdgeBuild.Runtime;

/// <summary>The predicted value of one output.</summary>
public sealed class FieldPrediction
{
    /// <summary>Initializes a new instance of the <see cref="FieldPrediction"/> class.</summary>
    /// <param name="name">Name of the output.</param>
    /// <param name="text">The value as text.</param>
    /// <param name="probabilities">Every label with its probability, the most probable first; empty for free text and numbers.</param>
    /// <param name="confidence">The probability of <paramref name="text"/>, from 0 to 1.</param>
    public FieldPrediction(string name, string text, IReadOnlyList<LabelProbability> probabilities, double confidence)
    {
        Name = name;
        Text = text;
        Probabilities = probabilities;
        Confidence = confidence;
    }

    /// <summary>Gets the name of the output.</summary>
    public string Name { get; }

    /// <summary>Gets the value as text: the label, <c>true</c> or <c>false</c>, an invariant number, free text, or compact JSON of an array or object.</summary>
    public string Text { get; }

    /// <summary>Gets every label with its probability, the most probable first; empty for free text and numbers.</summary>
    public IReadOnlyList<LabelProbability> Probabilities { get; }

    /// <summary>
    /// Gets the probability of <see cref="Text"/>, from 0 to 1: of the label among all labels, or the product of the
    /// probabilities of the generated tokens.
    /// </summary>
    public double Confidence { get; }

    /// <summary>Gets a value indicating whether the text was longer than the call allowed, so that its end is missing.</summary>
    public bool Truncated { get; init; }

    /// <summary>
    /// Gets the smallest <see cref="Confidence"/> at which the answer counts as confident, for the precision that the client or call asks for;
    /// positive infinity for a label that never is. Null for values without labels, which are not judged.
    /// </summary>
    public double? Threshold { get; internal set; }

    /// <summary>Gets a value indicating whether an app can act on the answer: <see cref="Confidence"/> reaches <see cref="Threshold"/>, and the input is familiar.</summary>
    public bool IsConfident => Threshold is null || (Confidence >= Threshold && !IsUnfamiliar);

    /// <summary>
    /// Gets how like the training data the input is: the cosine of its hidden state with the nearest mean of a label, from -1 to 1. Null where the
    /// build has measured nothing.
    /// </summary>
    public double? Familiarity { get; init; }

    /// <summary>Gets a value indicating whether the input is unlike the training data: of the validation rows, 2 % are as unlike.</summary>
    public bool IsUnfamiliar { get; init; }

    /// <summary>Gets the normalized hidden state before the value; empty unless the call asks for it and the output has a label head.</summary>
    public ReadOnlyMemory<float> HiddenState { get; init; }

    /// <summary>Gets a value indicating whether the output is missing: it may be, and the answer does not have it. <see cref="Text"/> is <c>null</c> then.</summary>
    public bool IsMissing { get; init; }
}
