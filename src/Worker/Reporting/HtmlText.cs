using System.Globalization;
using System.Net;
using System.Text;

namespace EdgeBuild.Worker.Reporting;

/// <summary>Writes HTML. Whatever is not markup goes through <see cref="Encode"/>: rows may hold anything.</summary>
internal static class HtmlText
{
    /// <summary>Makes a text safe as content and as an attribute's value.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>Writes a share as a percentage.</summary>
    public static string Percent(double share) => share.ToString("P1", CultureInfo.InvariantCulture);

    /// <summary>Writes a row's place.</summary>
    public static string Place(string file, int line) => string.Create(CultureInfo.InvariantCulture, $"{Encode(file)}({line})");

    /// <summary>Writes a table that scrolls by itself when it is wide, by keys as well.</summary>
    /// <param name="html">Receives it.</param>
    /// <param name="caption">What it shows.</param>
    /// <param name="columns">Titles; one that begins with <c>&lt;</c> is of text, others of numbers.</param>
    /// <param name="rows">Cells that are HTML.</param>
    public static void AppendTable(this StringBuilder html, string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        bool[] isText = [.. columns.Select(column => column.StartsWith('<'))];
        html.Append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"").Append(Encode(caption)).Append("\"><table><caption>").Append(Encode(caption)).Append("</caption><thead><tr>");
        for (int column = 0; column < columns.Count; column++)
        {
            html.Append("<th scope=\"col\"").Append(isText[column] ? " class=\"text\">" : ">").Append(Encode(columns[column].TrimStart('<'))).Append("</th>");
        }

        html.Append("</tr></thead><tbody>\n");
        foreach (IReadOnlyList<string> row in rows)
        {
            html.Append("<tr>");
            for (int column = 0; column < row.Count; column++)
            {
                html.Append(isText[column] ? "<td class=\"text\">" : "<td>").Append(row[column]).Append("</td>");
            }

            html.Append("</tr>\n");
        }

        html.Append("</tbody></table></div>\n");
    }

    /// <summary>Writes a place that the script fills with a chart; its figures follow as a table for those who cannot see it.</summary>
    /// <param name="html">Receives it.</param>
    /// <param name="chart">The chart.</param>
    public static void AppendChart(this StringBuilder html, ReportChart chart)
    {
        html.Append("<figure><figcaption>").Append(Encode(chart.Title)).Append("</figcaption><div class=\"chart\" role=\"img\" data-chart=\"").Append(Encode(chart.ToJson()))
            .Append("\" aria-label=\"").Append(Encode(chart.Title + ". The figures are in the table below.")).Append("\"></div><details><summary>Figures</summary>\n");
        html.AppendTable(chart.Title, chart.Columns, chart.Rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Encode)]));
        html.Append("</details></figure>\n");
    }
}
