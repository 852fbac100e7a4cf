using System.Diagnostics;
using System.Text.Json;

namespace SensorAnomalies;

/// <summary>Measures the shipped model on labelled rows.</summary>
internal static class Evaluation
{
    private const string Columns = "machine, state, readings, anomaly";

    public static async Task<int> RunAsync(IDiagnosis diagnosis, string file, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
        {
            await Console.Error.WriteLineAsync($"{file}: no such file. Give the path of a JSONL file with the columns {Columns}.");
            return 1;
        }

        var rows = new List<(DiagnosisInput Input, DiagnosisAnomaly Expected)>();
        foreach ((int index, string line) in File.ReadLines(file).Index().Where(entry => !string.IsNullOrWhiteSpace(entry.Item)))
        {
            try
            {
                rows.Add(ReadRow(line));
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
            {
                await Console.Error.WriteLineAsync($"{file}({index + 1}): {e.Message} A row is a JSON object with the columns {Columns}.");
                return 1;
            }
        }

        if (rows.Count == 0)
        {
            await Console.Error.WriteLineAsync($"{file}: no rows. Give the path of a JSONL file with the columns {Columns}.");
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

    private static (DiagnosisInput Input, DiagnosisAnomaly Expected) ReadRow(string line)
    {
        using JsonDocument document = JsonDocument.Parse(line);
        JsonElement row = document.RootElement;
        var input = new DiagnosisInput(Text(row, "machine"), Text(row, "state"), Text(row, "readings"));
        return (input, DiagnosisAnomalyLabels.FromLabel(Text(row, "anomaly")));
    }

    private static string Text(JsonElement row, string column) => row.GetProperty(column).GetString() ?? string.Empty;
}
