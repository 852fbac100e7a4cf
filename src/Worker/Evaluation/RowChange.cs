namespace EdgeBuild.Worker.Evaluation;

/// <summary>A row that one version answers right and another one wrong.</summary>
/// <param name="Prompt">The prompt's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Before">The old answer.</param>
/// <param name="Now">The new answer.</param>
public sealed record RowChange(string Prompt, string Output, RowOutcome Before, RowOutcome Now)
{
    /// <summary>Gets a value indicating whether the new answer is the right one.</summary>
    public bool IsGain => Now.Right;

    /// <summary>Finds the rows.</summary>
    /// <param name="current">The new answers.</param>
    /// <param name="previous">The old answers; null when the output is new.</param>
    /// <returns>The rows that both have and that changed, in the order of the new ones.</returns>
    public static IEnumerable<RowChange> Between(OutputEvaluation current, OutputEvaluation? previous)
    {
        var before = (previous?.Outcomes ?? []).DistinctBy(outcome => outcome.Hash).ToDictionary(outcome => outcome.Hash, StringComparer.Ordinal);
        return current.Outcomes.Where(outcome => before.TryGetValue(outcome.Hash, out RowOutcome? old) && old.Right != outcome.Right)
            .Select(outcome => new RowChange(current.Prompt, current.Output, before[outcome.Hash], outcome));
    }
}
