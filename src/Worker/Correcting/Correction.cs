using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Worker.Correcting;

/// <summary>
/// Adds a row to a dataset of a project: what was answered wrong in production, with the right answer. The row is looked at by the validator of builds
/// before it is in the file, in the company of all other rows, so that doubles, contradictions and personal data are found.
/// </summary>
/// <param name="prompt">The planned prompt.</param>
public sealed class Correction(PlannedPrompt prompt)
{
    /// <summary>Adds a row.</summary>
    /// <param name="datasetName">The dataset as the project names it; null for the first one that is trained on.</param>
    /// <param name="values">Values by the names of inputs and outputs.</param>
    /// <param name="force">Whether the row is added in spite of warnings.</param>
    /// <returns>Where the row is, or would be, and what was found about it; it was added unless there are errors, or warnings without force.</returns>
    public Result Add(string? datasetName, IReadOnlyDictionary<string, string> values, bool force)
    {
        PromptDocument document = PromptDocument.Parse(prompt.DisplayPath, File.ReadAllText(prompt.Path)).Document
            ?? throw new EdgeBuildException(ErrorCodes.InvalidFrontMatter, "The prompt file has errors. Build the project to see them.", prompt.DisplayPath);
        CheckNames(document, values);
        PlannedDataset dataset = (datasetName is null
            ? prompt.Datasets.FirstOrDefault(candidate => candidate.Split == DatasetSplits.Train)
            : prompt.Datasets.FirstOrDefault(candidate => candidate.DisplayPath == datasetName || Path.GetFullPath(candidate.Path) == Path.GetFullPath(datasetName)))
            ?? throw new EdgeBuildException(
                ErrorCodes.UnknownReference, $"The prompt '{prompt.Name}' has no such dataset. Use one of these: {string.Join(", ", prompt.Datasets.Select(candidate => candidate.DisplayPath))}.");
        string before = File.ReadAllText(dataset.Path);
        string after = before + (before.Length == 0 || before.EndsWith('\n') ? string.Empty : "\n") + RowText.Write(dataset.Path, document, values) + "\n";
        int line = after.Count(c => c == '\n');
        List<Diagnostic> findings = Examine(document, dataset, after);
        bool added = findings.Count == 0 || (force && !findings.Any(finding => finding.IsError));
        if (added)
        {
            AtomicFile.Write(dataset.Path, stream => stream.Write(new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(after)));
        }

        return new Result(dataset.DisplayPath, line, findings, added);
    }

    private void CheckNames(PromptDocument document, IReadOnlyDictionary<string, string> values)
    {
        string[] names = [.. document.Inputs.Select(input => input.Name), .. document.Outputs.Select(output => output.Name)];
        if (values.Keys.FirstOrDefault(name => !names.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            throw new EdgeBuildException(ErrorCodes.UnknownReference, $"The prompt '{prompt.Name}' has no input or output '{unknown}'. It has {string.Join(", ", names)}.");
        }
    }

    /// <summary>Validates all rows without and with the new one, and tells the difference: a test row may be the double, and is told then.</summary>
    private List<Diagnostic> Examine(PromptDocument document, PlannedDataset dataset, string text)
    {
        string folder = Directory.CreateTempSubdirectory("edgebuild-add-").FullName;
        try
        {
            string path = Path.Combine(folder, "rows" + Path.GetExtension(dataset.Path));
            File.WriteAllText(path, text);

            // The new row comes last of its file, so a finding about two rows of one split is told at it when the file is read last.
            PlannedDataset[] others = [.. prompt.Datasets.Where(other => other != dataset)];
            var known = Find([.. others, dataset]).Select(Place).ToHashSet();
            return [.. Find([.. others, dataset with { Path = path }]).Where(finding => !known.Contains(Place(finding)))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        IEnumerable<Diagnostic> Find(PlannedDataset[] datasets) => DatasetValidator.Validate(document, datasets, prompt.Labels).Diagnostics
            .Where(finding => datasets.Any(candidate => candidate.DisplayPath == finding.Path));
        (string Path, int Line, string Code) Place(Diagnostic finding) => (finding.Path, finding.Position.Line, finding.Code);
    }

    /// <summary>What became of a row.</summary>
    /// <param name="File">The dataset as the project names it.</param>
    /// <param name="Line">The row's line.</param>
    /// <param name="Findings">What was found about it.</param>
    /// <param name="Added">Whether it is in the file.</param>
    public sealed record Result(string File, int Line, IReadOnlyList<Diagnostic> Findings, bool Added);
}
