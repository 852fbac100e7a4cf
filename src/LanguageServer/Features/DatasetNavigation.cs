using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Projects;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts.Yaml;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>From a dataset to the prompt: a column to its input or output, a label to its place in enumValues.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="project">The project.</param>
internal sealed class DatasetNavigation(DatasetFile dataset, EdgeProject project)
{
    /// <summary>Finds where the prompts declare what stands at a position.</summary>
    /// <param name="document">The text of the dataset.</param>
    /// <param name="position">The position.</param>
    /// <param name="text">The text of a file as an editor holds it; null for the file on the disk.</param>
    public IReadOnlyList<Location> Definition(OpenDocument document, Position position, Func<string, DocumentText?> text)
    {
        var found = new List<Location>();

        // The header of CSV is read with the first row.
        int line = dataset.IsCsv && position.Line == 0 ? 1 : position.Line;
        foreach (DatasetPlace place in dataset.RowsAt(document, line))
        {
            foreach (DatasetField field in place.Record.Fields)
            {
                bool isName = dataset.IsCsv ? position.Line == 0 && Range.From(field.NamePosition).Contains(position) : place.Moved(field.NamePosition).Contains(position);
                bool isValue = (!dataset.IsCsv || position.Line > 0) && place.Moved(field.Position).Contains(position);
                if ((isName || isValue) && Declared(place, field, isName, text) is { } location)
                {
                    found.Add(location);
                }
            }
        }

        return [.. found.Distinct()];
    }

    private Location? Declared(DatasetPlace place, DatasetField field, bool isName, Func<string, DocumentText?> text)
    {
        if (DatasetFile.Source(place.Prompt, text) is not { } source)
        {
            return null;
        }

        var prompt = new PromptFile(new OpenDocument(DocumentUri.From(place.Prompt.Path), 0, source), place.Prompt.Path, project);
        YamlScalar? declared = isName
            ? prompt.Syntax.FindName("inputs", field.Name) ?? prompt.Syntax.FindName("outputs", field.Name)
            : (prompt.Syntax.FindDeclaration("outputs", field.Name)?["enumValues"] as YamlSequence)?.Items.OfType<YamlScalar>().FirstOrDefault(label => label.Text == field.Text);
        return declared is null ? null : new Location(prompt.Document.Uri, PromptFile.Unquoted(declared));
    }
}
