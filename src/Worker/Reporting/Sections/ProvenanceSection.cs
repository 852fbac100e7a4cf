using System.Text;

namespace EdgeBuild.Worker.Reporting;

/// <summary>What the model was made of.</summary>
internal static class ProvenanceSection
{
    public static void Append(StringBuilder html, ReportContent content) => html.AppendTable(
        "What the model was made of", ["<fact", "<value"], content.Record.Facts.Select(fact => (IReadOnlyList<string>)[HtmlText.Encode(fact.Key), HtmlText.Encode(fact.Value)]));
}
