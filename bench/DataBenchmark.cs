using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;

namespace EdgeBuild.Benchmarks;

/// <summary>Validation of a million rows: the time, and what is kept of a row.</summary>
internal sealed class DataBenchmark : IBenchmark
{
    private const int DefaultRows = 1_000_000;
    private const double AllowedBytesPerRow = 200;
    private const int Samples = 10;

    /// <inheritdoc/>
    public string Verb => "data";

    /// <inheritdoc/>
    public string Description => "Time and memory of validating a generated dataset, 1000000 rows by default.";

    /// <inheritdoc/>
    public string PathName => "ROWS";

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        int rows = paths.Count > 0 ? int.Parse(paths[0], CultureInfo.InvariantCulture) : DefaultRows;
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".jsonl");
        try
        {
            await log.WriteLineAsync($"Writing {rows} rows");
            await WriteAsync(path, rows, cancellationToken);
            long size = new FileInfo(path).Length;
            await log.WriteLineAsync("Validating");
            PromptDocument prompt = PromptDocument.Parse(
                "p.prompty", "---\nname: p\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: label\n    kind: string\n---\nuser:\n{{text}}\n").Document!;
            long before = GC.GetTotalMemory(forceFullCollection: true);
            long largest = 0;
            int read = 0;
            long start = Stopwatch.GetTimestamp();
            DatasetValidation result = DatasetValidator.Validate(
                prompt, [new PlannedDataset(path, "rows.jsonl", DatasetSplits.Train, 1)], new Dictionary<string, IReadOnlyList<string>>(), _ =>
                {
                    if (++read % Math.Max(1, rows / Samples) == 0)
                    {
                        largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: true) - before);
                    }
                });
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            if (result.Diagnostics.Count > 0 || read != rows)
            {
                throw new EdgeBuildException(ErrorCodes.WorkerDefect, $"The generated rows were not accepted: {read} of {rows}.");
            }

            return new BenchmarkResult(
            [
                new Figure { Name = string.Create(CultureInfo.InvariantCulture, $"validating {rows} rows, {size >> 20} MB"), Value = time.TotalSeconds, Unit = "s" },
                new Figure
                {
                    Name = "managed memory that it keeps at most",
                    Value = largest / (double)rows,
                    Unit = "bytes a row",
                    ReferenceName = "the row in the file",
                    Reference = size / (double)rows,
                    Goal = string.Create(CultureInfo.InvariantCulture, $"<= {AllowedBytesPerRow}"),
                    Passed = largest <= AllowedBytesPerRow * rows,
                },
            ]);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task WriteAsync(string path, int rows, CancellationToken cancellationToken)
    {
        const string Filler = "as long as an ordinary message to a help desk tends to be, which is some three hundred characters when people tell what they did, what they saw, what they expected instead, and how urgent it is to them; ";
        await using var writer = new StreamWriter(path);
        for (int row = 0; row < rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{{\"text\": \"row {row}, {Filler}\", \"label\": \"{(row % 2 == 0 ? "A" : "B")}\"}}\n"));
        }
    }
}
