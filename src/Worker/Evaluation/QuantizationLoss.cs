namespace EdgeBuild.Worker.Evaluation;

/// <summary>How much quantizing has cost: two files on the same rows.</summary>
public static class QuantizationLoss
{
    /// <summary>The loss of an output.</summary>
    /// <param name="unquantized">The answers of the model before quantizing, to some rows.</param>
    /// <param name="quantized">The answers of the quantized model, to those rows and maybe others.</param>
    /// <returns>The difference of the scores; below 0 when the quantized model is better.</returns>
    public static double Of(OutputEvaluation unquantized, OutputEvaluation quantized)
    {
        var rows = unquantized.Outcomes.Select(outcome => outcome.Hash).ToHashSet(StringComparer.Ordinal);
        return unquantized.Score - (quantized with { Outcomes = [.. quantized.Outcomes.Where(outcome => rows.Contains(outcome.Hash))] }).Score;
    }

    /// <summary>The loss of the output that lost most.</summary>
    /// <param name="unquantized">The answers of the model before quantizing.</param>
    /// <param name="quantized">The answers of the quantized model.</param>
    /// <returns>The largest difference.</returns>
    public static double Largest(IReadOnlyList<OutputEvaluation> unquantized, IReadOnlyList<OutputEvaluation> quantized) =>
        unquantized.Max(output => Of(output, output.In(quantized)!));
}
