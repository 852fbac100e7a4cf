namespace EdgeBuild.Worker.Evaluation;

/// <summary>How well one output of a prompt is answered on a set of rows.</summary>
public sealed record OutputEvaluation
{
    /// <summary>Gets the prompt's name.</summary>
    public required string Prompt { get; init; }

    /// <summary>Gets the output's name.</summary>
    public required string Output { get; init; }

    /// <summary>Gets the confusion counts; null for free text.</summary>
    public ConfusionMatrix? Confusion { get; init; }

    /// <summary>Gets the number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the number of rows that are answered exactly.</summary>
    public required int Correct { get; init; }

    /// <summary>Gets the expected calibration error over ten bins (Guo et al. 2017, arXiv 1706.04599), 0 to 1.</summary>
    public required double CalibrationError { get; init; }

    /// <summary>Gets the rows with wrong answers, the most confident first.</summary>
    public required IReadOnlyList<WrongAnswer> Wrong { get; init; }

    /// <summary>Gets the answers to all rows; empty when the figures come from the cache.</summary>
    public IReadOnlyList<MeasuredAnswer> Answers { get; init; } = [];

    /// <summary>Gets the share of exact answers, 0 to 1.</summary>
    public double Accuracy => Rows == 0 ? 0 : (double)Correct / Rows;

    /// <summary>Gets the mean F1 over the labels; for free text the accuracy.</summary>
    public double MacroF1 => Confusion?.MacroF1 ?? Accuracy;

    /// <summary>Finds the figures of the same output in those of another model.</summary>
    /// <param name="others">The figures of the other model.</param>
    /// <returns>The entry.</returns>
    public OutputEvaluation SameIn(IReadOnlyList<OutputEvaluation> others) => others.First(other => other.Prompt == Prompt && other.Output == Output);
}
