using System.Diagnostics;
using EdgeBuild.Samples;
using EdgeBuild.Worker.Evaluation;

namespace Handbook;

/// <summary>Measures the shipped model on questions whose answers people have marked.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(IAnswer handbook, string file, CancellationToken cancellationToken)
    {
        if (EvaluationRows.Read(file, "section, question, answer", row => (Input: new AnswerInput(row.Text("section"), row.Text("question")), Expected: row.Text("answer"))) is not { } rows)
        {
            return 1;
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
