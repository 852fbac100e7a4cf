using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Worker.Evaluation;
using Spectre.Console;

namespace EdgeBuild.Worker.Comparing;

/// <summary>Candidates side by side: how good, how large, how fast.</summary>
public static class CandidateTable
{
    /// <summary>Draws the table.</summary>
    /// <param name="candidates">The name of each base with what was measured; null for one that could not be trained.</param>
    /// <returns>The table, the best first.</returns>
    public static Table Draw(IReadOnlyList<(string Base, EvaluationRecord? Record)> candidates)
    {
        string[] outputs = [.. candidates.SelectMany(candidate => candidate.Record?.Shipped ?? []).Select(Name).Distinct(StringComparer.Ordinal)];
        var table = new Table().Border(TableBorder.Simple).AddColumn("base");
        foreach (string output in outputs)
        {
            table.AddColumn(Markup.Escape(output));
        }

        table.AddColumns("size", "time per call", "training");
        foreach ((string name, EvaluationRecord? record) in candidates.OrderByDescending(candidate => candidate.Record?.Shipped.Average(output => output.Score) ?? -1))
        {
            table.AddRow(
            [
                Markup.Escape(name),
                .. outputs.Select(output => Markup.Escape(record?.Shipped.FirstOrDefault(measured => Name(measured) == output) is { } found ? Figure(found) : "–")),
                record is null ? "failed" : ByteSize.Format(record.Size),
                record is null ? "–" : record.Shipped.Max(output => output.MillisecondsPerCall).ToString("0.0 ms", CultureInfo.InvariantCulture),
                Markup.Escape(record?.Facts.FirstOrDefault(fact => fact.Key == "Training").Value ?? "–"),
            ]);
        }

        return table;
    }

    private static string Name(OutputEvaluation output) => $"{output.Prompt}/{output.Output}";

    private static string Figure(OutputEvaluation output)
    {
        (double value, double low, double high) = output.Shown;
        return string.Create(CultureInfo.InvariantCulture, $"{(output.Kind == OutputKind.Text ? "ROUGE-L " : string.Empty)}{value:P1} ({low:P1} to {high:P1})");
    }
}
