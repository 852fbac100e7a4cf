using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data;

/// <summary>Reads all datasets of one prompt and checks every row against it.</summary>
public static class DatasetValidator
{
    /// <summary>How many errors of one file are named; the rest is counted.</summary>
    public const int MaximumErrorsPerFile = 50;

    /// <summary>How many warnings of one code and file are named; the rest is counted.</summary>
    public const int MaximumWarningsPerFile = 20;

    /// <summary>The least number of training rows.</summary>
    public const int MinimumTrainingRows = 10;

    /// <summary>Validates the datasets. Rows are read one at a time and not kept.</summary>
    /// <param name="document">The prompt.</param>
    /// <param name="datasets">Its files, in the order of the project.</param>
    /// <param name="lockedLabels">The labels of the lock file by output, for outputs without enumValues; may be empty.</param>
    /// <param name="onRow">Receives every valid row: training rows first, then validation and test rows.</param>
    /// <param name="open">Opens a file; null for the file system.</param>
    /// <returns>Findings, labels and hashes. Files that are missing or of an unknown type are findings too.</returns>
    public static DatasetValidation Validate(
        PromptDocument document,
        IReadOnlyList<PlannedDataset> datasets,
        IReadOnlyDictionary<string, IReadOnlyList<string>> lockedLabels,
        Action<DatasetRow>? onRow = null,
        Func<string, Stream>? open = null)
    {
        var run = new ValidationRun(document, lockedLabels, onRow, open);
        foreach (string split in DatasetSplits.All)
        {
            foreach (PlannedDataset dataset in datasets.Where(item => item.Split == split))
            {
                run.ReadFile(dataset);
            }
        }

        return run.Finish(datasets);
    }

    /// <summary>Reads all rows of a prompt whose data was validated before.</summary>
    /// <param name="document">The prompt.</param>
    /// <param name="datasets">Its files.</param>
    /// <param name="labels">The labels by output.</param>
    /// <returns>The rows: training rows first, then validation and test rows, each in the order of the files.</returns>
    /// <exception cref="EdgeBuildException">The first error.</exception>
    public static IReadOnlyList<DatasetRow> Load(
        PromptDocument document, IReadOnlyList<PlannedDataset> datasets, IReadOnlyDictionary<string, IReadOnlyList<string>> labels)
    {
        var rows = new List<DatasetRow>();
        DatasetValidation validation = Validate(document, datasets, labels, rows.Add);
        if (validation.Diagnostics.FirstOrDefault(item => item.IsError) is { } error)
        {
            throw new EdgeBuildException(error.Code, error.Message, error.Path, error.Position);
        }

        return rows;
    }
}
