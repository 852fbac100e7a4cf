using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Reporting;

/// <summary>The report among the files of a cache entry.</summary>
public static class ReportFile
{
    /// <summary>The file's name.</summary>
    public const string FileName = "report.html";

    /// <summary>Writes the report.</summary>
    /// <param name="path">The file.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="record">What was measured.</param>
    /// <param name="previous">What was measured of the version before, or null.</param>
    public static void Write(string path, TrainingPlan plan, RowSet rows, EvaluationRecord record, EvaluationRecord? previous)
    {
        var content = new ReportContent
        {
            Plan = plan,
            Rows = rows,
            Record = record,
            Previous = previous,
            Failures = [.. new GateCheck(plan, previous, record.Find(EvaluationSet.Unquantized)).Check(record.Shipped).Select(failure => failure.Message)],
        };
        byte[] html = System.Text.Encoding.UTF8.GetBytes(HtmlReport.Write(content));
        AtomicFile.Write(path, stream => stream.Write(html));
    }
}
