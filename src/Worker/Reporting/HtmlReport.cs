using System.Security.Cryptography;
using System.Text;

namespace EdgeBuild.Worker.Reporting;

/// <summary>
/// The report of a model: one HTML file that needs nothing from outside, so that it opens anywhere, also offline. It shows rows of the data, which may
/// hold anything: its policy lets no script run but its own, and no address be fetched.
/// </summary>
public static class HtmlReport
{
    private static readonly string[] _scripts = [Resource("d3.min.js"), Resource("plot.umd.min.js"), Resource("report.js")];

    /// <summary>Writes the report.</summary>
    /// <param name="content">What it shows.</param>
    /// <returns>HTML 5.</returns>
    public static string Write(ReportContent content)
    {
        string style = Resource("report.css");
        string policy = $"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {string.Join(' ', _scripts.Select(script => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(script)))}'"))}";
        var html = new StringBuilder(1 << 20);
        html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"").Append(policy)
            .Append("\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><link rel=\"icon\" href=\"data:,\"><title>")
            .Append(HtmlText.Encode(content.Plan.Name)).Append(" – EdgeBuild report</title><style>\n").Append(style).Append("</style></head><body>\n");
        html.Append("<a class=\"skip\" href=\"#content\">Skip to the content</a><header><h1>").Append(HtmlText.Encode(content.Plan.Name))
            .Append("</h1><p class=\"sub\">Measured on the file that ships, in the runtime that ships. Keep this file private: it shows rows of the data.</p>\n");
        (string Id, string Title, string Body)[] sections =
        [
            .. new (string, string, Action<StringBuilder, ReportContent>)[]
            {
                ("summary", "Summary", SummarySection.Append),
                ("comparison", "Compared with others", ComparisonSection.Append),
                ("labels", "Labels and fields", LabelSection.Append),
                ("calibration", "Confidence", CalibrationSection.Append),
                ("errors", "Wrong answers", ErrorSection.Append),
                ("suspects", "Labels that look wrong", SuspectSection.Append),
                ("changes", "Since the last version", ChangeSection.Append),
                ("training", "Training", TrainingSection.Append),
                ("data", "Data", DataSection.Append),
                ("run", "Provenance", ProvenanceSection.Append),
            }.Select(section => (section.Item1, section.Item2, Body(section.Item3, content))).Where(section => section.Item3.Length > 0),
        ];
        html.Append("<nav aria-label=\"Sections\"><ul>");
        foreach ((string id, string title, _) in sections)
        {
            html.Append("<li><a href=\"#").Append(id).Append("\">").Append(HtmlText.Encode(title)).Append("</a></li>");
        }

        html.Append("</ul></nav></header><main id=\"content\">\n");
        foreach ((string id, string title, string body) in sections)
        {
            html.Append("<section id=\"").Append(id).Append("\" aria-labelledby=\"").Append(id).Append("-title\"><h2 id=\"").Append(id).Append("-title\">").Append(HtmlText.Encode(title)).Append("</h2>\n").Append(body).Append("</section>\n");
        }

        html.Append("</main>\n");
        foreach (string script in _scripts)
        {
            html.Append("<script>").Append(script).Append("</script>\n");
        }

        return html.Append("</body></html>\n").ToString();
    }

    private static string Body(Action<StringBuilder, ReportContent> append, ReportContent content)
    {
        var body = new StringBuilder();
        append(body, content);
        return body.ToString();
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report." + name)
            ?? throw new InvalidOperationException($"The program was built without its resource '{name}'.");
        using var reader = new StreamReader(stream, Encoding.UTF8);

        // Libraries name their home in comments and in the namespace of SVG; a line of them that ends the script element would be the end of it.
        return reader.ReadToEnd().ReplaceLineEndings("\n").Replace("</script", "<\\/script", StringComparison.OrdinalIgnoreCase);
    }
}
