using System.Diagnostics;
using System.Text.Json;
using EdgeBuild.Samples;

namespace ContractClauses;

/// <summary>Measures the shipped model on clauses whose record is known.</summary>
internal static class Evaluation
{
    private static readonly string[] _fields = ["type", "party", "date", "amount"];

    public static async Task<int> RunAsync(IClause reader, string file, CancellationToken cancellationToken)
    {
        if (EvaluationRows.Read(file, "text, type, terms", row => (Text: row.Text("text"), Expected: Result(row))) is not { } rows)
        {
            return 1;
        }

        int[] right = new int[_fields.Length];
        int answered = 0, records = 0;
        var watch = Stopwatch.StartNew();

        // Many clauses at once are answered faster than one after another.
        await foreach (Prediction<ClauseResult> answer in reader.PredictManyAsync(rows.Select(row => row.Text), cancellationToken: cancellationToken))
        {
            ClauseResult expected = rows[answered++].Expected;
            ClauseResult given = answer.Value;
            bool[] exact =
            [
                given.Type == expected.Type,
                given.Terms.Party == expected.Terms.Party,
                given.Terms.Date == expected.Terms.Date,
                given.Terms.Amount == expected.Terms.Amount,
            ];
            for (int field = 0; field < exact.Length; field++)
            {
                right[field] += exact[field] ? 1 : 0;
            }

            records += exact.All(same => same) ? 1 : 0;
        }

        Console.WriteLine($"{"",-14}{"exact",7}{"of",6}");
        for (int field = 0; field < _fields.Length; field++)
        {
            Console.WriteLine($"{_fields[field],-14}{right[field],7}{answered,6}   {(double)right[field] / answered:P1}");
        }

        int values = answered * _fields.Length;
        Console.WriteLine($"{"all fields",-14}{right.Sum(),7}{values,6}   {(double)right.Sum() / values:P1}");
        Console.WriteLine($"{"whole records",-14}{records,7}{answered,6}   {(double)records / answered:P1}");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / answered:0} ms per clause");
        return 0;
    }

    private static ClauseResult Result(JsonElement row)
    {
        JsonElement terms = row.GetProperty("terms");
        return new ClauseResult(
            ClauseTypeLabels.FromLabel(row.Text("type")),
            new ClauseTerms(terms.GetProperty("party").GetString(), terms.GetProperty("date").GetString(), terms.GetProperty("amount").GetString()));
    }
}
