using System.Diagnostics;
using System.Text.Json;
using EdgeBuild.Worker.Evaluation;

namespace Handbook;

/// <summary>Measures the shipped model on questions whose answers people have marked.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(IAnswer handbook, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await Console.Error.WriteLineAsync($"{file}: no such file. Give the path of a JSONL file with the columns section, question and answer.");
            return 1;
        }

        var rows = new List<(AnswerInput Input, string Expected)>();
        foreach (string line in File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            using JsonDocument row = JsonDocument.Parse(line);
            string Column(string name) => row.RootElement.GetProperty(name).GetString()!;
            rows.Add((new AnswerInput(Column("section"), Column("question")), Column("answer")));
        }

        int answered = 0, exact = 0;
        double rougeL = 0;
        var watch = Stopwatch.StartNew();

        // Many questions at once are answered faster than one after another.
        await foreach (Prediction<AnswerResult> answer in handbook.PredictManyAsync(rows.Select(row => row.Input), cancellationToken: cancellationToken))
        {
            string expected = rows[answered++].Expected;
            rougeL += RougeL.Score(answer.Value.Answer, expected);
            exact += answer.Value.Answer == expected ? 1 : 0;
        }

        Console.WriteLine($"ROUGE-L   {rougeL / answered:P1} on {answered} questions");
        Console.WriteLine($"exact     {(double)exact / answered:P1}");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / answered:0} ms per question");
        return 0;
    }
}
