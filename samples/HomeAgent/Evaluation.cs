using System.Diagnostics;
using System.Text.Json.Nodes;

namespace HomeAgent;

/// <summary>Measures the shipped model on requests whose call is known.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(IAssistant assistant, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await Console.Error.WriteLineAsync($"{file}: no such file. Give the path of a JSONL file with the columns request and call.");
            return 1;
        }

        List<JsonNode> rows = [.. File.ReadLines(file).Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => JsonNode.Parse(line)!)];
        var functions = new SortedDictionary<string, (int Right, int Rows)>(StringComparer.Ordinal);
        int answered = 0, exact = 0;
        var watch = Stopwatch.StartNew();

        // Many requests at once are answered faster than one after another.
        await foreach (Prediction<AssistantResult> answer in assistant.PredictManyAsync(rows.Select(row => (string)row["request"]!), cancellationToken: cancellationToken))
        {
            JsonNode expected = rows[answered++]["call"]!;
            bool right = JsonNode.DeepEquals(expected, JsonNode.Parse(answer.Fields[0].Text));
            string function = (string)expected["name"]!;
            (int soFar, int count) = functions.GetValueOrDefault(function);
            functions[function] = (soFar + (right ? 1 : 0), count + 1);
            exact += right ? 1 : 0;
        }

        if (answered == 0)
        {
            await Console.Error.WriteLineAsync($"{file}: no rows.");
            return 1;
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
