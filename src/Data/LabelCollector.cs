using EdgeBuild.Contracts;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data;

/// <summary>
/// The labels of a prompt's outputs: those of the file, or else those of the lock file and the training rows. Labels only ever get appended,
/// since their order is the order of the generated enum.
/// </summary>
internal sealed class LabelCollector
{
    /// <summary>More different values than this are not a closed set any more.</summary>
    private const int MaximumLabels = 256;

    private readonly PromptDocument _document;
    private readonly Dictionary<string, IReadOnlyList<string>> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LabelCounts> _counts = new(StringComparer.Ordinal);

    public LabelCollector(PromptDocument document, IReadOnlyDictionary<string, IReadOnlyList<string>> lockedLabels)
    {
        _document = document;
        foreach (PromptOutput output in Labelled)
        {
            bool fromLock = output.EnumValues.Count == 0 && lockedLabels.ContainsKey(output.Name);
            IReadOnlyList<string> known = fromLock ? lockedLabels[output.Name] : output.EnumValues;
            _known.Add(output.Name, known);
            _counts.Add(output.Name, new LabelCounts());
        }
    }

    private IEnumerable<PromptOutput> Labelled => _document.Outputs.Where(output => output.Kind == PromptValueKind.String && !output.IsFreeText);

    /// <summary>Checks one label of a row and remembers it.</summary>
    /// <returns>What is wrong, without the label itself; or null.</returns>
    public string? Check(PromptOutput output, string label, string split)
    {
        LabelCounts counts = _counts[output.Name];
        if (_known[output.Name].Contains(label))
        {
            counts.Add(label, split);
            return null;
        }

        if (output.EnumValues.Count > 0)
        {
            return $"The label is not one of the enumValues of '{output.Name}'.{NearestName.Suggest(label, output.EnumValues)} Correct it, or add it to the prompt file.";
        }

        if (split != DatasetSplits.Train)
        {
            return counts.Trained(label) > 0
                ? null
                : $"The label of '{output.Name}' occurs in no training row, so the model can't have learned it.{NearestName.Suggest(label, counts.TrainedLabels)} Correct it, or add training rows with it.";
        }

        if (label.Length == 0 || label.Trim().Length != label.Length || label.Any(char.IsControl))
        {
            return $"The label of '{output.Name}' is empty, starts or ends with a space, or holds a line end. Correct it.";
        }

        if (counts.TrainedLabels.Count <= MaximumLabels)
        {
            // One more than allowed proves the point; without a bound a column of free texts would be kept whole.
            counts.Add(label, split);
        }

        return null;
    }

    /// <summary>Gets the labels of every labelled string output.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ToLabels() => Labelled.ToDictionary(
        output => output.Name,
        output => LabelSet.Append(_known[output.Name], _counts[output.Name].TrainedLabels),
        StringComparer.Ordinal);

    /// <summary>Finds what is wrong with the labels as a whole, at the place of the output in the prompt file.</summary>
    public IEnumerable<Diagnostic> Check()
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> labels = ToLabels();
        foreach (PromptOutput output in Labelled)
        {
            int count = labels[output.Name].Count;
            if (count > MaximumLabels)
            {
                yield return Create(
                    output, DiagnosticSeverity.Error, ErrorCodes.UnknownLabel, $"The training rows hold more than {MaximumLabels} different values of '{output.Name}': these are no labels. List the labels as enumValues, or declare the output as free text under metadata.edge.freeText.");
            }
            else if (count < 2)
            {
                yield return Create(
                    output, DiagnosticSeverity.Error, ErrorCodes.TooFewRows, $"The training rows hold {(count == 0 ? "no label" : "only one label")} of '{output.Name}', so there is nothing to choose from. Add rows with other labels.");
            }
            else if (PromptNaming.FindClash(labels[output.Name]) is { } clash && output.EnumValues.Count == 0)
            {
                yield return Create(
                    output, DiagnosticSeverity.Warning, ErrorCodes.LabelNameClash, $"The labels '{labels[output.Name][clash.First]}' and '{labels[output.Name][clash.Second]}' of the training rows give the same C# name '{clash.Name}', so the later one gets a number. Rename one of them in the rows if they mean the same.");
            }

            LabelCounts counts = _counts[output.Name];
            foreach (string label in labels[output.Name].Where(label => counts.Trained(label) == 0))
            {
                string measured = counts.Measured(label) is > 0 and int rows ? $" {rows} validation or test rows ask for it." : string.Empty;
                yield return Create(
                    output, DiagnosticSeverity.Warning, ErrorCodes.LabelWithoutRows, $"No training row has the label '{label}' of '{output.Name}', so the model will hardly ever answer it.{measured} Add rows, or remove the label.");
            }

            foreach (string label in labels[output.Name].Where(counts.IsRare))
            {
                yield return Create(
                    output, DiagnosticSeverity.Warning, ErrorCodes.RareLabel, $"Only {counts.Trained(label)} of {counts.Total} training rows have the label '{label}' of '{output.Name}', so the model will answer it too seldom. Add rows, or give the few of them in a dataset of their own with a larger Weight.");
            }
        }
    }

    private Diagnostic Create(PromptOutput output, DiagnosticSeverity severity, string code, string message) =>
        new(code, severity, _document.Path, output.Position, message);
}
