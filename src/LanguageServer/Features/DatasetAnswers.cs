using System.Globalization;
using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Documents;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>What the last evaluation says about rows: the answers of the model that ships, and labels that look wrong.</summary>
/// <param name="dataset">The dataset.</param>
/// <param name="models">The models that builds have made.</param>
internal sealed class DatasetAnswers(DatasetFile dataset, IBuiltModels? models)
{
    private const int Hint = 4;
    private const int LongestText = 300;
    private const int ShownLabels = 5;

    /// <summary>Explains the row at a position.</summary>
    public Hover? At(OpenDocument document, Position position)
    {
        DatasetPlace[] places = [.. dataset.RowsAt(document, position.Line)];
        if (places.Length == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (DatasetPlace place in places)
        {
            text.Append(text.Length > 0 ? "\n\n---\n\n" : string.Empty);
            Explain(place, text);
        }

        return new Hover(MarkupContent.Markdown(text.ToString()), places[0].Range);
    }

    /// <summary>Finds labels that look wrong, among rows that were just read.</summary>
    public IReadOnlyList<LspDiagnostic> Hints(OpenDocument document, IEnumerable<(DatasetRow Row, SuspectedRow Suspect)> found) =>
    [
        .. found.Select(entry => (Place: dataset.RowsAt(document, entry.Row.Position.Line - 1).FirstOrDefault(place => place.Row.Hash == entry.Row.Hash), entry.Suspect))
            .Where(entry => entry.Place is not null)
            .Select(entry => Finding(entry.Place!, entry.Suspect)),
    ];

    /// <summary>Gets the edits that set the labels of the rows in a range to what the model prefers.</summary>
    public IReadOnlyList<CodeAction> Actions(OpenDocument document, Range range) =>
    [
        .. dataset.RowsAt(document, range.Start.Line)
            .SelectMany(place => SuspectsOf(place).Select(suspect => (Place: place, Suspect: suspect, Range: place.RangeOf(suspect.Output))))
            .Where(entry => entry.Range is not null)
            .DistinctBy(entry => (entry.Range, entry.Suspect.Other))
            .Select(entry => new CodeAction(
                $"Set {entry.Suspect.Output} to '{entry.Suspect.Other}'",
                "quickfix",
                [Finding(entry.Place, entry.Suspect)],
                new WorkspaceEdit(new Dictionary<string, IReadOnlyList<TextEdit>>
                {
                    [document.Uri] = [new TextEdit(entry.Range!.Value, dataset.IsCsv ? WrittenText.Csv(entry.Suspect.Other) : WrittenText.Json(entry.Suspect.Other))],
                }),
                IsPreferred: false)),
    ];

    private static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    private static string Shortened(string text) =>
        (text.Length > LongestText ? text[..LongestText] + "…" : text).ReplaceLineEndings(" ").Replace('`', '\'');

    private static LspDiagnostic Finding(DatasetPlace place, SuspectedRow suspect) => new(
        place.RangeOf(suspect.Output) ?? place.Range,
        Hint,
        ErrorCodes.SuspectedLabel,
        Findings.Source,
        $"The label of '{suspect.Output}' may be wrong: the model gives it {Percent(suspect.LabelProbability)} and '{suspect.Other}' {Percent(suspect.OtherProbability)}.");

    private void Explain(DatasetPlace place, StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"**{place.Plan.Name}** · `{place.Prompt.Name}` · {place.Dataset.Split}");
        if (models?.Read(place.Plan) is not { } figures)
        {
            text.Append("\n\nNo evaluation yet. Build the project.");
            return;
        }

        bool answered = false;
        foreach (OutputFigures output in figures.Of(place.Prompt.Name))
        {
            if (output.Answers.TryGetValue(place.Row.Hash, out RowAnswer? answer))
            {
                answered = true;
                text.Append(CultureInfo.InvariantCulture, $"\n\n`{output.Output}`: **{Shortened(answer.Answer)}** {Percent(answer.Confidence)}");
                text.Append(answer.Right ? ", as the row has it" : $", the row has {Shortened(answer.Expected)}");
                foreach (LabelShare label in answer.Labels.Take(ShownLabels))
                {
                    text.Append(CultureInfo.InvariantCulture, $"\n- {Shortened(label.Label)} {Percent(label.Probability)}");
                }
            }
        }

        foreach (SuspectedRow suspect in SuspectsOf(place))
        {
            answered = true;
            text.Append("\n\n").Append(Finding(place, suspect).Message);
        }

        if (!answered)
        {
            text.Append(place.Dataset.Split == DatasetSplits.Test
                ? "\n\nThe row was not in the last evaluation, or has changed since."
                : "\n\nThe model has learned from this row; only test rows are evaluated.");
        }
    }

    private IEnumerable<SuspectedRow> SuspectsOf(DatasetPlace place) =>
        models?.Read(place.Plan)?.Suspects.Where(suspect => suspect.Is(place.Row, place.FirstLine + place.Record.Position.Line)) ?? [];
}
