namespace EdgeBuild.Worker.Evaluation;

/// <summary>What a model said of all labels of an output, and which one was right.</summary>
/// <param name="LogProbabilities">The logarithm of each label's probability at temperature 1.</param>
/// <param name="Expected">The index of the row's label.</param>
public readonly record struct LabelledOutcome(double[] LogProbabilities, int Expected)
{
    /// <summary>Computes the probabilities at another temperature.</summary>
    /// <param name="temperature">The temperature.</param>
    /// <returns>One for each label.</returns>
    public double[] Probabilities(double temperature)
    {
        double most = LogProbabilities.Max();
        double[] odds = [.. LogProbabilities.Select(value => Math.Exp((value - most) / temperature))];
        double sum = odds.Sum();
        return [.. odds.Select(value => value / sum)];
    }

    /// <summary>Computes the loss of the row's label at a temperature.</summary>
    /// <param name="temperature">The temperature.</param>
    /// <returns>The negative logarithm of its probability.</returns>
    public double Loss(double temperature)
    {
        double most = LogProbabilities.Max();
        return ((most - LogProbabilities[Expected]) / temperature) + Math.Log(LogProbabilities.Sum(value => Math.Exp((value - most) / temperature)));
    }
}
