using System.Diagnostics;
using System.Text.Json;
using EdgeBuild.Samples;

namespace TicketTriage;

/// <summary>Measures the shipped model on labelled tickets.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(ITriage triage, string file, CancellationToken cancellationToken)
    {
        if (EvaluationRows.Read(file, "ticket, category, urgent", row => (Ticket: row.Text("ticket"), Expected: Result(row))) is not { } rows)
        {
            return 1;
        }

        var perCategory = Enum.GetValues<TriageCategory>().ToDictionary(category => category, _ => (Right: 0, Rows: 0));
        int answered = 0, rightCategory = 0, rightUrgent = 0;
        var watch = Stopwatch.StartNew();

        // Many tickets at once are answered faster than one after another.
        await foreach (Prediction<TriageResult> answer in triage.PredictManyAsync(rows.Select(row => row.Ticket), cancellationToken: cancellationToken))
        {
            TriageResult expected = rows[answered++].Expected;
            bool right = answer.Value.Category == expected.Category;
            (int soFar, int count) = perCategory[expected.Category];
            perCategory[expected.Category] = (soFar + (right ? 1 : 0), count + 1);
            rightCategory += right ? 1 : 0;
            rightUrgent += answer.Value.Urgent == expected.Urgent ? 1 : 0;
        }

        Console.WriteLine($"{"",-14}{"right",7}{"of",6}");
        foreach ((TriageCategory category, (int right, int count)) in perCategory)
        {
            Console.WriteLine($"{category,-14}{right,7}{count,6}   {(count == 0 ? 0 : (double)right / count):P1}");
        }

        Console.WriteLine($"{"category",-14}{rightCategory,7}{answered,6}   {(double)rightCategory / answered:P1}");
        Console.WriteLine($"{"urgent",-14}{rightUrgent,7}{answered,6}   {(double)rightUrgent / answered:P1}");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / answered:0} ms per ticket");
        return 0;
    }

    private static TriageResult Result(JsonElement row) => new(TriageCategoryLabels.FromLabel(row.Text("category")), row.GetProperty("urgent").GetBoolean());
}
