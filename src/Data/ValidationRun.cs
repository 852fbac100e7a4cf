using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data;

/// <summary>The state of one <see cref="DatasetValidator.Validate"/>.</summary>
internal sealed class ValidationRun
{
    private readonly PromptDocument _document;
    private readonly Action<DatasetRow>? _onRow;
    private readonly Func<string, Stream>? _open;
    private readonly LabelCollector _labels;
    private readonly RowReader _rowReader;
    private readonly DuplicateRows _duplicates = new();
    private readonly List<Diagnostic> _diagnostics = [];
    private readonly Dictionary<string, int> _counts = DatasetSplits.All.ToDictionary(split => split, _ => 0, StringComparer.Ordinal);
    private readonly List<RowHash> _testHashes = [];
    private bool _hasErrors;

    public ValidationRun(
        PromptDocument document, IReadOnlyDictionary<string, IReadOnlyList<string>> lockedLabels, Action<DatasetRow>? onRow, Func<string, Stream>? open)
    {
        _open = open;
        _document = document;
        _onRow = onRow;
        _labels = new LabelCollector(document, lockedLabels);
        _rowReader = new RowReader(document, _labels);
    }

    public void ReadFile(PlannedDataset dataset)
    {
        var diagnostics = new FileDiagnostics(dataset.DisplayPath);
        var messages = new MessageRows(_document);
        var columns = new HashSet<string>(StringComparer.Ordinal);
        int records = 0;
        bool malformed = false;
        try
        {
            foreach (DatasetRecord original in DatasetReader.Read(dataset.Path, dataset.DisplayPath, finding =>
            {
                malformed = true;
                diagnostics.Add(finding);
            },
            _open))
            {
                records++;
                if (messages.Convert(original, diagnostics) is not { } record)
                {
                    continue;
                }

                foreach (DatasetField field in record.Fields)
                {
                    columns.Add(field.Name);
                }

                if (_rowReader.Read(record, dataset.Split, diagnostics) is { } row)
                {
                    Accept(new DatasetRow(_document.Name, dataset.DisplayPath, record.Position, dataset.Split, dataset.Weight, row.Inputs, row.Outputs), record, diagnostics);
                }
            }

            if (records == 0 && !malformed)
            {
                diagnostics.Error(ErrorCodes.TooFewRows, default, "The dataset has no rows. Add rows, or remove the item.");
            }
        }
        catch (EdgeBuildException exception)
        {
            diagnostics.Add(exception.ToDiagnostic());
        }

        foreach (Diagnostic finding in diagnostics.ToList(columns))
        {
            _hasErrors |= finding.IsError;
            _diagnostics.Add(finding);
        }
    }

    public DatasetValidation Finish(IReadOnlyList<PlannedDataset> datasets)
    {
        // With broken rows the labels and counts are not what the user meant; errors about them would only distract.
        if (!_hasErrors)
        {
            int count = _counts[DatasetSplits.Train];
            if (count < DatasetValidator.MinimumTrainingRows)
            {
                PlannedDataset? first = datasets.FirstOrDefault(item => item.Split == DatasetSplits.Train);
                _diagnostics.Add(new Diagnostic(
                    ErrorCodes.TooFewRows,
                    DiagnosticSeverity.Error,
                    first?.DisplayPath ?? _document.Path,
                    default,
                    $"The prompt '{_document.Name}' has {count} training rows; at least {DatasetValidator.MinimumTrainingRows} are needed, and some hundred make a good model. Add rows with Split=\"Train\"."));
            }
            else
            {
                _diagnostics.AddRange(_labels.Check());
            }
        }

        return new DatasetValidation
        {
            Diagnostics = _diagnostics,
            Labels = _labels.ToLabels(),
            RowCounts = _counts,
            TestRowsHash = HashOfTestRows(),
        };
    }

    private void Accept(DatasetRow row, DatasetRecord record, FileDiagnostics diagnostics)
    {
        if (_duplicates.Add(row) is { } finding)
        {
            diagnostics.Warning(finding.Code, row.Position, finding.Message);
        }

        foreach (KeyValuePair<string, string> value in row.Inputs.Concat(row.Outputs))
        {
            if (SensitiveText.Find(value.Value) is { } what)
            {
                diagnostics.Warning(
                    ErrorCodes.SensitiveText,
                    record.Find(value.Key)!.Position,
                    $"The column '{value.Key}' seems to hold {what}. A model can repeat what it was trained on: replace it by a made-up one.");
            }
        }

        _counts[row.Split]++;
        if (row.Split == DatasetSplits.Test)
        {
            _testHashes.Add(row.Hash);
        }

        _onRow?.Invoke(row);
    }

    private string HashOfTestRows()
    {
        if (_testHashes.Count == 0)
        {
            return string.Empty;
        }

        _testHashes.Sort(RowHash.Compare);
        return ContentKey.OfLines(_testHashes.Select(hash => hash.ToString()));
    }
}
