namespace EdgeBuild.Worker.Evaluation;

/// <summary>What another model than the shipped one answered.</summary>
/// <param name="Name">Which one; a name of this class.</param>
/// <param name="Outputs">Its answers.</param>
public sealed record EvaluationSet(string Name, IReadOnlyList<OutputEvaluation> Outputs)
{
    /// <summary>The base with the same prompt.</summary>
    public const string Base = "untuned base";

    /// <summary>The base with the best number of examples in the prompt.</summary>
    public const string FewShot = "untuned base with examples";

    /// <summary>The trained model before it was quantized.</summary>
    public const string Unquantized = "before quantizing";

    /// <summary>The model that shipped before.</summary>
    public const string Last = "last version";

    /// <summary>ML.NET's text classification.</summary>
    public const string Classic = "ML.NET";
}
