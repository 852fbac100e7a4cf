using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Protocol;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>Where a name of a prompt file is declared and used: in the file, in its datasets and in the project.</summary>
/// <param name="file">The file.</param>
/// <param name="text">The text of a file as the editor holds it; null for the file on the disk.</param>
internal sealed class PromptNavigation(PromptFile file, Func<string, DocumentText?> text)
{
    /// <summary>More places than these no editor shows, and no edit should touch unseen.</summary>
    private const int MostRows = 50_000;

    private IReadOnlyList<PlannedDataset> Datasets => file.Project?.DatasetsOf(file.Path) ?? [];

    /// <summary>Finds the declaration of what stands at a position; of a declaration, the columns of the datasets.</summary>
    public IReadOnlyList<Location> Definition(Position position)
    {
        if (file.FindInput(position) is { } input && file.PlacesOfInput(input) is { Count: > 0 } places && file.Syntax.FindName("inputs", input) is not null)
        {
            return places[0].Contains(position) ? Columns(input) : [new Location(file.Document.Uri, places[0])];
        }

        if (file.FindName("outputs", position) is { } output)
        {
            return Columns(output);
        }

        if (file.FindLabel(position) is { } label)
        {
            return [.. LabelPlaces(label.Output, label.Label.Text).Take(1)];
        }

        return file.Name is { } name && Range.From(name.Position).Contains(position) ? [.. ProjectItem(), .. PromptClient.Find(file)] : [];
    }

    /// <summary>Finds every place of what stands at a position.</summary>
    public IReadOnlyList<Location> References(Position position, bool includeDeclaration)
    {
        if (file.FindInput(position) is { } input)
        {
            IEnumerable<Range> places = file.PlacesOfInput(input).Skip(includeDeclaration || file.Syntax.FindName("inputs", input) is null ? 0 : 1);
            return [.. places.Select(place => new Location(file.Document.Uri, place)), .. Columns(input)];
        }

        if (file.FindLabel(position) is { } label)
        {
            IEnumerable<Location> declared = includeDeclaration ? [new Location(file.Document.Uri, PromptFile.Unquoted(label.Label))] : [];
            return [.. declared, .. LabelPlaces(label.Output, label.Label.Text)];
        }

        return file.FindName("outputs", position) is { } output ? [.. Columns(output)] : [];
    }

    /// <summary>Tells what a rename at a position would change; null where nothing can be renamed.</summary>
    public PreparedRename? PrepareRename(Position position)
    {
        if (file.FindInput(position) is { } input && file.PlacesOfInput(input).Cast<Range?>().FirstOrDefault(place => place!.Value.Contains(position)) is { } place)
        {
            return new PreparedRename(place, input);
        }

        return file.FindLabel(position) is { } label ? new PreparedRename(PromptFile.Unquoted(label.Label), label.Label.Text) : null;
    }

    /// <summary>Renames an input or a label through the prompt and all rows.</summary>
    /// <exception cref="EdgeBuildException">The new name is none, or is taken.</exception>
    public WorkspaceEdit? Rename(Position position, string newName)
    {
        var edits = new Dictionary<string, List<TextEdit>>(StringComparer.Ordinal);
        void Add(string uri, Range range, string text)
        {
            if (!edits.TryGetValue(uri, out List<TextEdit>? list))
            {
                edits[uri] = list = [];
            }

            list.Add(new TextEdit(range, text));
        }

        if (file.FindInput(position) is { } input && file.PlacesOfInput(input) is { Count: > 0 } places)
        {
            CheckInputName(newName);
            foreach (Range place in places)
            {
                Add(file.Document.Uri, place, newName);
            }

            foreach ((PlannedDataset dataset, DatasetField field) in Fields(input, everyRow: true).DistinctBy(entry => (entry.Dataset.Path, entry.Field.NamePosition)))
            {
                Add(DocumentUri.From(dataset.Path), Range.From(field.NamePosition), Written(field, newName));
            }
        }
        else if (file.FindLabel(position) is { } label)
        {
            if (newName.Trim().Length == 0 || newName.Trim() != newName || newName.Any(char.IsControl) || file.LabelsOf(label.Output).Contains(newName))
            {
                throw new EdgeBuildException(ErrorCodes.UnknownLabel, $"'{newName}' cannot be a label here: it is empty, starts or ends with a space, or stands in the list already.");
            }

            Add(file.Document.Uri, Range.From(label.Label.Position), WrittenText.Yaml(newName));
            foreach ((PlannedDataset dataset, DatasetField field) in Fields(label.Output, everyRow: true).Where(entry => entry.Field.Text == label.Label.Text))
            {
                Add(DocumentUri.From(dataset.Path), Range.From(field.Position), Written(field, newName));
            }
        }

        return edits.Count == 0 ? null : new WorkspaceEdit(edits.ToDictionary(entry => entry.Key, entry => (IReadOnlyList<TextEdit>)entry.Value));
    }

    private static string Written(DatasetField field, string text) => field.Json is null ? WrittenText.Csv(text) : WrittenText.Json(text);

    private void CheckInputName(string name)
    {
        bool valid = name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (!valid || file.Syntax.FindName("inputs", name) is not null || file.Syntax.FindName("outputs", name) is not null)
        {
            throw new EdgeBuildException(ErrorCodes.InvalidFrontMatter, $"'{name}' cannot be the name of an input: use letters, digits and '_', beginning with a letter, and a name that no other input or output has.");
        }
    }

    private Stream Open(string path) => DatasetFile.Open(path, text);

    private List<Location> Columns(string name) =>
        [.. Fields(name, everyRow: false).Select(entry => new Location(DocumentUri.From(entry.Dataset.Path), Range.From(entry.Field.NamePosition)))];

    private IEnumerable<Location> LabelPlaces(string output, string label) => Fields(output, everyRow: true)
        .Where(entry => entry.Field.Text == label).Select(entry => new Location(DocumentUri.From(entry.Dataset.Path), Range.From(entry.Field.Position)));

    private IEnumerable<(PlannedDataset Dataset, DatasetField Field)> Fields(string name, bool everyRow)
    {
        foreach (PlannedDataset dataset in Datasets.Where(dataset => File.Exists(dataset.Path)))
        {
            IEnumerable<DatasetField> fields = DatasetReader.Read(dataset.Path, dataset.DisplayPath, _ => { }, Open).Take(MostRows)
                .Select(record => record.Find(name)).OfType<DatasetField>();
            foreach (DatasetField field in everyRow ? fields : fields.Take(1))
            {
                yield return (dataset, field);
            }
        }
    }

    private IReadOnlyList<Location> ProjectItem()
    {
        if (file.Project is not { } project || !File.Exists(project.ProjectFile))
        {
            return [];
        }

        string name = Path.GetFileName(file.Path);
        string[] lines = File.ReadAllLines(project.ProjectFile);
        int index = Array.FindIndex(lines, line => line.Contains("<EdgePrompt", StringComparison.Ordinal) && line.Contains(name, StringComparison.Ordinal));
        return index < 0 ? [] : [new Location(DocumentUri.From(project.ProjectFile), new Range(new Position(index, 0), new Position(index, lines[index].Length)))];
    }
}
