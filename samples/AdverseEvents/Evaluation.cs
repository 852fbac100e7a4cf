using System.Diagnostics;
using System.Text.Json;
using EdgeBuild.Samples;

namespace AdverseEvents;

/// <summary>Measures the shipped model on labelled notes.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(IScreening screening, string file, CancellationToken cancellationToken)
    {
        if (EvaluationRows.Read(file, "note, adverseEvent, kind", row => (Note: row.Text("note"), Expected: Result(row))) is not { } rows)
        {
            return 1;
        }

        var perKind = Enum.GetValues<ScreeningKind>().ToDictionary(kind => kind, _ => (Right: 0, Rows: 0));
        int answered = 0, rightKind = 0, rightFlag = 0, missed = 0;
        var watch = Stopwatch.StartNew();

        // Many notes at once are answered faster than one after another.
        await foreach (Prediction<ScreeningResult> answer in screening.PredictManyAsync(rows.Select(row => row.Note), cancellationToken: cancellationToken))
        {
            ScreeningResult expected = rows[answered++].Expected;
            bool right = answer.Value.Kind == expected.Kind;
            (int soFar, int count) = perKind[expected.Kind];
            perKind[expected.Kind] = (soFar + (right ? 1 : 0), count + 1);
            rightKind += right ? 1 : 0;
            rightFlag += answer.Value.AdverseEvent == expected.AdverseEvent ? 1 : 0;
            missed += expected.AdverseEvent && !answer.Value.AdverseEvent ? 1 : 0;
        }

        Console.WriteLine($"{"",-18}{"right",7}{"of",6}");
        foreach ((ScreeningKind kind, (int right, int count)) in perKind)
        {
            Console.WriteLine($"{kind,-18}{right,7}{count,6}   {(count == 0 ? 0 : (double)right / count):P1}");
        }

        Console.WriteLine($"{"kind",-18}{rightKind,7}{answered,6}   {(double)rightKind / answered:P1}");
        Console.WriteLine($"{"adverse event",-18}{rightFlag,7}{answered,6}   {(double)rightFlag / answered:P1}");
        Console.WriteLine($"{missed} events were taken for none");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / answered:0} ms per note");
        return 0;
    }

    private static ScreeningResult Result(JsonElement row) => new(row.GetProperty("adverseEvent").GetBoolean(), ScreeningKindLabels.FromLabel(row.Text("kind")));
}
