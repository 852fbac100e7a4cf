using System.Diagnostics;
using System.Text.Json;
using EdgeBuild.Samples;

namespace SensorAnomalies;

/// <summary>Measures the shipped model on labelled rows.</summary>
internal static class Evaluation
{
    public static async Task<int> RunAsync(IDiagnosis diagnosis, string file, CancellationToken cancellationToken)
    {
        if (EvaluationRows.Read(file, "machine, state, readings, anomaly", row => (Input: Input(row), Expected: DiagnosisAnomalyLabels.FromLabel(row.Text("anomaly")))) is not { } rows)
        {
            return 1;
        }

        var perAnomaly = Enum.GetValues<DiagnosisAnomaly>().ToDictionary(anomaly => anomaly, _ => (Right: 0, Rows: 0));
        int answered = 0, rightAnswers = 0;
        var watch = Stopwatch.StartNew();

        // Many rows at once are answered faster than one after another.
        await foreach (Prediction<DiagnosisResult> answer in diagnosis.PredictManyAsync(rows.Select(row => row.Input), cancellationToken: cancellationToken))
        {
            DiagnosisAnomaly label = rows[answered++].Expected;
            bool right = answer.Value.Anomaly == label;
            (int soFar, int count) = perAnomaly[label];
            perAnomaly[label] = (soFar + (right ? 1 : 0), count + 1);
            rightAnswers += right ? 1 : 0;
        }

        Console.WriteLine($"{"",-14}{"right",7}{"of",6}");
        foreach ((DiagnosisAnomaly anomaly, (int right, int count)) in perAnomaly)
        {
            Console.WriteLine($"{anomaly,-14}{right,7}{count,6}   {(count == 0 ? 0 : (double)right / count):P1}");
        }

        Console.WriteLine($"{"anomaly",-14}{rightAnswers,7}{answered,6}   {(double)rightAnswers / answered:P1}");
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds / answered:0} ms per row");
        return 0;
    }

    private static DiagnosisInput Input(JsonElement row) => new(row.Text("machine"), row.Text("state"), row.Text("readings"));
}
