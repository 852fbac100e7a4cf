using System.Diagnostics;
using System.Text.Json;

namespace TicketTriage;

/// <summary>Measures the shipped model on labelled tickets.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(ITriage triage, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await Console.Error.WriteLineAsync($"{file}: no such file. Give the path of a JSONL file with the columns ticket, category, urgent.");
            return 1;
        }

        var perCategory = Enum.GetValues<TriageCategory>().ToDictionary(category => category, _ => (Right: 0, Rows: 0));
        int rows = 0, rightCategory = 0, rightUrgent = 0;
        var watch = Stopwatch.StartNew();
        foreach (string line in File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            TriageCategory expected = TriageCategoryLabels.FromLabel(row.RootElement.GetProperty("category").GetString()!);
            bool expectedUrgent = row.RootElement.GetProperty("urgent").GetBoolean();

            TriageResult answer = await triage.RunAsync(row.RootElement.GetProperty("ticket").GetString()!, cancellationToken);

            bool right = answer.Category == expected;
            (int soFar, int count) = perCategory[expected];
            perCategory[expected] = (soFar + (right ? 1 : 0), count + 1);
            rows++;
            rightCategory += right ? 1 : 0;
            rightUrgent += answer.Urgent == expectedUrgent ? 1 : 0;
        }

        Console.WriteLine($"{"",-14}{"right",7}{"of",6}");
        foreach ((TriageCategory category, (int right, int count)) in perCategory)
        {
            Console.WriteLine($"{category,-14}{right,7}{count,6}   {(count == 0 ? 0 : (double)right / count):P1}");
        }

        Console.WriteLine($"{"category",-14}{rightCategory,7}{rows,6}   {(double)rightCategory / rows:P1}");
        Console.WriteLine($"{"urgent",-14}{rightUrgent,7}{rows,6}   {(double)rightUrgent / rows:P1}");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / rows:0} ms per ticket");
        return 0;
    }
}
