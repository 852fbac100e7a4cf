using EdgeBuild.Contracts;
using EdgeBuild.Data;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>All rows of a plan by their use.</summary>
/// <param name="Train">The rows that are trained on.</param>
/// <param name="Validation">The rows that choose the checkpoint.</param>
/// <param name="Test">The rows that are only measured.</param>
/// <param name="HeldBackTest">Whether the test rows are a part of the training data, for want of a Test dataset.</param>
public sealed record RowSet(
    IReadOnlyList<LabelledRow> Train, IReadOnlyList<LabelledRow> Validation, IReadOnlyList<LabelledRow> Test, bool HeldBackTest)
{
    private const double TestShare = 0.15;

    /// <summary>Reads the rows of all prompts.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="seed">The seed of what is held back.</param>
    /// <param name="validationShare">The share of the training rows that is held back for validation when there are no Validation rows.</param>
    /// <returns>The rows.</returns>
    /// <exception cref="EdgeBuildException">A row is not valid, or there are too few.</exception>
    public static RowSet Load(IReadOnlyList<TrainedPrompt> prompts, int seed, double validationShare)
    {
        var bySplit = DatasetSplits.All.ToDictionary(split => split, _ => new List<LabelledRow>(), StringComparer.Ordinal);
        foreach (TrainedPrompt prompt in prompts)
        {
            foreach (DatasetRow row in DatasetValidator.Load(prompt.Document, prompt.Planned.Datasets, prompt.Planned.Labels))
            {
                bySplit[row.Split].Add(new LabelledRow(
                    prompt,
                    row.DisplayPath,
                    row.Position.Line,
                    [.. prompt.Document.Inputs.Select(input => row.Inputs.GetValueOrDefault(input.Name, string.Empty))],
                    [.. prompt.Document.Outputs.Select(output => row.Outputs.GetValueOrDefault(output.Name, string.Empty))],
                    row.Weight,
                    row.CanonicalHash));
            }
        }

        IReadOnlyList<LabelledRow> train = bySplit[DatasetSplits.Train];
        IReadOnlyList<LabelledRow> test = bySplit[DatasetSplits.Test];
        IReadOnlyList<LabelledRow> validation = bySplit[DatasetSplits.Validation];
        bool heldBackTest = test.Count == 0;
        if (heldBackTest)
        {
            (train, test) = RowSplit.Stratified(train, TestShare, seed);
        }

        if (validation.Count == 0)
        {
            (train, validation) = RowSplit.Stratified(train, validationShare, seed + 1);
        }

        return train.Count > 0 && validation.Count > 0 && test.Count > 0
            ? new RowSet(train, validation, test, heldBackTest)
            : throw new EdgeBuildException(
                ErrorCodes.TooFewRows,
                "There are too few rows to hold back some for validation and test. Give at least four rows of every label.",
                prompts[0].Planned.Datasets.Count > 0 ? prompts[0].Planned.Datasets[0].DisplayPath : prompts[0].Planned.DisplayPath);
    }
}
