using System.Diagnostics;
using System.Text.Json.Nodes;
using EdgeBuild.Samples;

namespace HomeAgent;

/// <summary>Measures the shipped model on requests whose call is known.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(IAssistant assistant, string file, CancellationToken cancellationToken)
    {
        if (EvaluationRows.Read(file, "request, call", row => (Request: row.Text("request"), Function: row.GetProperty("call").Text("name"), Call: JsonObject.Create(row.GetProperty("call").Clone()))) is not { } rows)
        {
            return 1;
        }

        var functions = new SortedDictionary<string, (int Right, int Rows)>(StringComparer.Ordinal);
        int answered = 0, exact = 0;
        var watch = Stopwatch.StartNew();

        // Many requests at once are answered faster than one after another.
        await foreach (Prediction<AssistantResult> answer in assistant.PredictManyAsync(rows.Select(row => row.Request), cancellationToken: cancellationToken))
        {
            (_, string function, JsonObject? expected) = rows[answered++];
            bool right = JsonNode.DeepEquals(expected, JsonNode.Parse(answer.Fields[0].Text));
            (int soFar, int count) = functions.GetValueOrDefault(function);
            functions[function] = (soFar + (right ? 1 : 0), count + 1);
            exact += right ? 1 : 0;
        }

        Console.WriteLine($"{"",-14}{"exact",7}{"of",6}");
        foreach ((string function, (int right, int count)) in functions)
        {
            Console.WriteLine($"{function,-14}{right,7}{count,6}   {(double)right / count:P1}");
        }

        Console.WriteLine($"{"call",-14}{exact,7}{answered,6}   {(double)exact / answered:P1}");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / answered:0} ms per request");
        return 0;
    }
}
