using System.Text.Json;

namespace EdgeBuild.Worker.Reporting;

/// <summary>One chart of a report; report.js draws it by its kind.</summary>
/// <param name="Kind"><c>losses</c>, <c>bars</c>, <c>calibration</c> or <c>sizes</c>.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Points">The points as the script reads them.</param>
/// <param name="Columns">The titles of its table.</param>
/// <param name="Rows">The figures of its table.</param>
internal sealed record ReportChart(
    string Kind, string Title, IReadOnlyList<object> Points, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Writes what the script needs.</summary>
    /// <returns>JSON.</returns>
    public string ToJson() => JsonSerializer.Serialize(new { kind = Kind, points = Points }, JsonSerializerOptions.Web);
}
