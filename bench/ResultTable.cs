using System.Globalization;

namespace EdgeBuild.Benchmarks;

/// <summary>Prints figures as a table in Markdown, as they stand in docs/benchmarks.md.</summary>
internal static class ResultTable
{
    private static readonly string[] _header = ["figure", "value", "reference", "ratio", "goal", "result"];

    /// <summary>Prints the machine and the figures.</summary>
    /// <param name="writer">The receiver.</param>
    /// <param name="verb">The verb.</param>
    /// <param name="result">The figures.</param>
    public static void Write(TextWriter writer, string verb, BenchmarkResult result)
    {
        writer.WriteLine();
        writer.WriteLine($"{verb} on {Processor.Name} ({string.Join(", ", Processor.Features)})");
        writer.WriteLine(result.GemmPeaks is { Count: > 0 } peaks
            ? "GEMM peak: " + string.Join(", ", peaks.Select(peak => string.Create(CultureInfo.InvariantCulture, $"{peak.Key} {peak.Value:0} GFLOP/s")))
            : "GEMM peak: not measured");
        writer.WriteLine();
        string[][] rows = [_header, .. result.Figures.Select(Cells)];
        int[] widths = [.. Enumerable.Range(0, _header.Length).Select(column => rows.Max(row => row[column].Length))];
        WriteRow(writer, rows[0], widths);
        writer.WriteLine("|" + string.Concat(widths.Select(width => new string('-', width + 2) + "|")));
        foreach (string[] row in rows.Skip(1))
        {
            WriteRow(writer, row, widths);
        }
    }

    private static void WriteRow(TextWriter writer, string[] cells, int[] widths) =>
        writer.WriteLine("| " + string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column]))) + " |");

    private static string[] Cells(Figure figure) =>
    [
        figure.Name,
        Format(figure.Value, figure.Unit),
        figure.Reference is { } reference ? $"{Format(reference, figure.Unit)} {figure.ReferenceName}".TrimEnd() : string.Empty,
        figure.Ratio is { } ratio ? ratio.ToString("0.00", CultureInfo.InvariantCulture) : string.Empty,
        figure.Goal ?? string.Empty,
        figure.Passed switch { true => "pass", false => "FAIL", null => string.Empty },
    ];

    private static string Format(double value, string unit) => unit switch
    {
        "%" => (value * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %",
        _ => Number(value) + (unit.Length == 0 ? string.Empty : " " + unit),
    };

    /// <summary>Three significant digits, and scientific where that would be zeros.</summary>
    private static string Number(double value) => Math.Abs(value) switch
    {
        0 => "0",
        < 0.001 => value.ToString("0.0e-0", CultureInfo.InvariantCulture),
        < 1 => value.ToString("0.000", CultureInfo.InvariantCulture),
        < 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0", CultureInfo.InvariantCulture),
    };
}
