using System.Diagnostics;
using EdgeBuild.Samples;
using EdgeBuild.Worker.Evaluation;

namespace MeetingSummaries;

/// <summary>Measures the shipped model on notes that people have summed up.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(ISummary summary, string file, CancellationToken cancellationToken)
    {
        if (EvaluationRows.Read(file, "notes, summary", row => (Notes: row.Text("notes"), Expected: row.Text("summary"))) is not { } rows)
        {
            return 1;
        }

        int answered = 0, sameBeginning = 0;
        double rougeL = 0;
        var watch = Stopwatch.StartNew();

        // Many notes at once are answered faster than one after another.
        await foreach (Prediction<SummaryResult> answer in summary.PredictManyAsync(rows.Select(row => row.Notes), cancellationToken: cancellationToken))
        {
            (_, string expected) = rows[answered++];
            rougeL += RougeL.Score(answer.Value.Summary, expected);
            sameBeginning += Beginning(answer.Value.Summary) == Beginning(expected) ? 1 : 0;
        }

        Console.WriteLine($"ROUGE-L                    {rougeL / answered:P1} on {answered} rows");
        Console.WriteLine($"Decided or Open as asked   {(double)sameBeginning / answered:P1}");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / answered:0} ms per meeting");
        return 0;
    }

    private static string Beginning(string summary) => summary.Split(':')[0];
}
