using EdgeBuild.Samples;

namespace Agency;

/// <summary>Measures each shop's adapter on its own test messages, and what the other shops' adapters would make of them.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(IDispatch dispatch, CancellationToken cancellationToken)
    {
        Console.WriteLine($"{"messages of",-12}{"rows",5}   right by the adapter of {string.Join(' ', Shops.Names.Select(name => $"{name,9}"))}");
        foreach (string shop in Shops.Names)
        {
            string file = Path.Combine(AppContext.BaseDirectory, "data", shop + ".test.jsonl");
            if (EvaluationRows.Read(file, "message, department", row => (Text: row.Text("message"), Expected: DispatchDepartmentLabels.FromLabel(row.Text("department")))) is not { } rows)
            {
                return 1;
            }

            Console.Write($"{shop,-12}{rows.Count,5}{"",26}");
            foreach (string adapter in Shops.Names)
            {
                int answered = 0, right = 0;
                await foreach (Prediction<DispatchResult> answer in dispatch.PredictManyAsync(rows.Select(row => row.Text), new DispatchOptions { Adapter = adapter }, cancellationToken))
                {
                    right += answer.Value.Department == rows[answered++].Expected ? 1 : 0;
                }

                Console.Write($" {(double)right / answered,9:P1}");
            }

            Console.WriteLine();
        }

        return 0;
    }
}
