using System.Text;
using System.Text.RegularExpressions;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>A dataset file of a project.</summary>
/// <param name="path">The file.</param>
/// <param name="project">Its project.</param>
/// <param name="models">The models that builds have made; null where nobody asks for what they say.</param>
internal sealed partial class DatasetFile(string path, EdgeProject project, IBuiltModels? models)
{
    /// <summary>Gets a value indicating whether the file is CSV.</summary>
    public bool IsCsv { get; } = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase);

    /// <summary>Gets what the last evaluation says about the rows.</summary>
    public DatasetAnswers Answers => new(this, models);

    /// <summary>Gets the ways from the rows to the prompts.</summary>
    public DatasetNavigation Navigation => new(this, project);

    /// <summary>Gets the functions that the rows may call.</summary>
    public IReadOnlyList<PromptTool> Tools(Func<string, DocumentText?> text) =>
        [.. project.PlansOfDataset(path).SelectMany(entry => Document(entry.Prompt, text)?.Tools ?? []).DistinctBy(tool => tool.Name)];

    /// <summary>Tells by its name whether a file may be a dataset.</summary>
    public static bool IsDataset(string path) => Path.GetExtension(path).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".csv";

    /// <summary>
    /// Checks the file as the build does, together with the other files of its prompt: a leak or a duplicate is a matter of two files.
    /// </summary>
    /// <param name="text">The text of a file as an editor holds it; null for the file on the disk.</param>
    /// <returns>The findings about this file, and its rows whose label looks wrong.</returns>
    public (IReadOnlyList<Diagnostic> Findings, IReadOnlyList<(DatasetRow Row, SuspectedRow Suspect)> Suspects) Check(Func<string, DocumentText?> text)
    {
        var findings = new List<Diagnostic>();
        var suspects = new List<(DatasetRow, SuspectedRow)>();
        foreach ((TrainingPlan plan, PlannedPrompt prompt, PlannedDataset dataset) in project.PlansOfDataset(path))
        {
            if (Document(prompt, text) is not { } document)
            {
                continue;
            }

            SuspectedRow[] known = [.. models?.Read(plan)?.Suspects.Where(suspect => suspect.File == dataset.DisplayPath) ?? []];
            DatasetValidation validation = DatasetValidator.Validate(
                document,
                prompt.Datasets,
                Labels(document),
                known.Length == 0 ? null : row => suspects.AddRange(known.Where(suspect => suspect.Is(row, row.Position.Line)).Select(suspect => (row, suspect))),
                file => Open(file, text));
            findings.AddRange(validation.Diagnostics.Where(finding => finding.Path == dataset.DisplayPath));
        }

        return ([.. findings.Distinct()], [.. suspects.DistinctBy(entry => (entry.Item1.Hash, entry.Item2.Output))]);
    }

    /// <summary>Reads the row around a line of the text that the editor holds, as every prompt sees it that has the file.</summary>
    public IEnumerable<DatasetPlace> RowsAt(OpenDocument document, int line)
    {
        (int first, int last) = Extent(document, line);
        if (IsCsv && first == 0)
        {
            yield break;
        }

        string row = string.Concat(Enumerable.Range(first, last - first + 1).Select(index => document.Line(index) + "\n"));
        byte[] bytes = Encoding.UTF8.GetBytes(IsCsv ? document.Line(0).TrimStart('\uFEFF') + "\n" + row : row.TrimStart('\uFEFF'));
        Stream OpenRow(string file) => new MemoryStream(bytes);
        DatasetRecord? record = DatasetReader.Read(path, path, _ => { }, OpenRow).FirstOrDefault();
        foreach ((TrainingPlan plan, PlannedPrompt prompt, PlannedDataset dataset) in project.PlansOfDataset(path))
        {
            var rows = new List<DatasetRow>();
            if (record is not null && Document(prompt, _ => null) is { } parsed)
            {
                DatasetValidator.Validate(parsed, [dataset], Labels(parsed), rows.Add, OpenRow);
            }

            if (rows.Count == 1)
            {
                yield return new DatasetPlace(plan, prompt, dataset, rows[0], record!, IsCsv ? first - 1 : first);
            }
        }
    }

    /// <summary>Proposes labels where the value of a labelled output is written.</summary>
    public IReadOnlyList<CompletionItem> Complete(OpenDocument document, Position position, Func<string, DocumentText?> text)
    {
        string line = document.Line(position.Line);
        string before = line[..Math.Min(position.Character, line.Length)];
        (string Column, int Start)? value = IsCsv ? CsvValue(document, position.Line, before) : JsonValue(before);
        if (value is not var (column, start))
        {
            return [];
        }

        var range = new Range(position with { Character = start }, position);
        return
        [
            .. project.PlansOfDataset(path).SelectMany(entry => LabelsOf(entry.Prompt, column, text)).Distinct(StringComparer.Ordinal)
                .Select((label, index) => new CompletionItem(
                    label, 20, $"label of {column}", new TextEdit(range, IsCsv ? WrittenText.Csv(label) : WrittenText.Json(label)[1..^1]), null, $"{index:000}")),
        ];
    }

    /// <summary>Opens a dataset as the editor holds it, or from the disk.</summary>
    public static Stream Open(string file, Func<string, DocumentText?> text) => text(file) is { } open
        ? open.OpenRead()
        : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Gets the text of a prompt as the editor holds it, or from the disk; null when it is nowhere.</summary>
    public static string? Source(PlannedPrompt prompt, Func<string, DocumentText?> text) =>
        text(prompt.Path)?.ToString() ?? (File.Exists(prompt.Path) ? File.ReadAllText(prompt.Path) : null);

    private static PromptDocument? Document(PlannedPrompt prompt, Func<string, DocumentText?> text) =>
        Source(prompt, text) is { } source ? PromptDocument.Parse(prompt.DisplayPath, source).Document : null;

    /// <summary>The lines of a row: one in JSONL; in CSV a quoted field may hold line ends, so that quotes are counted from the beginning.</summary>
    private (int First, int Last) Extent(OpenDocument document, int line)
    {
        if (!IsCsv)
        {
            return (line, line);
        }

        int first = 0;
        bool quoted = false;
        for (int index = 0; index < document.LineCount; index++)
        {
            first = quoted ? first : index;
            quoted ^= document.Count(index, '"') % 2 != 0;
            if (index >= line && !quoted)
            {
                return (first, index);
            }
        }

        return (line, line);
    }

    private static (string Column, int Start)? JsonValue(string before)
    {
        Match match = OpenJsonValue().Match(before);
        return match.Success ? (match.Groups[1].Value, match.Groups[2].Index) : null;
    }

    /// <summary>The column of the field that the line ends in, for fields without line ends in them.</summary>
    private static (string Column, int Start)? CsvValue(OpenDocument document, int line, string before)
    {
        if (line == 0)
        {
            return null;
        }

        int column = 0;
        int start = 0;
        bool quoted = false;
        for (int i = 0; i < before.Length; i++)
        {
            quoted ^= before[i] == '"';
            if (before[i] == ',' && !quoted)
            {
                column++;
                start = i + 1;
            }
        }

        string[] header = document.Line(0).TrimStart('\uFEFF').Split(',');
        return column < header.Length ? (header[column].Trim('"'), start) : null;
    }

    // A property whose value has begun and has not ended: the last thing of the line so far.
    [GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)$")]
    private static partial Regex OpenJsonValue();

    private IReadOnlyList<string> LabelsOf(PlannedPrompt prompt, string column, Func<string, DocumentText?> text)
    {
        if (Document(prompt, text) is not { } document || !document.Outputs.Any(output => output.Name == column && output.IsLabelled))
        {
            return [];
        }

        Dictionary<string, IReadOnlyList<string>> locked = Labels(document);
        return LabelSet.From(document, locked.Count > 0 ? locked : prompt.Labels)[column];
    }

    private Dictionary<string, IReadOnlyList<string>> Labels(PromptDocument document) => document.Outputs
        .Where(output => project.Lock?.Labels.ContainsKey(LockFile.OutputKey(document.Name, output.Name)) == true)
        .ToDictionary(output => output.Name, output => project.Lock!.Labels[LockFile.OutputKey(document.Name, output.Name)], StringComparer.Ordinal);
}
