using EdgeBuild.Runtime;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>Measures a GGUF file on rows, through the runtime that ships.</summary>
public static class ModelEvaluator
{
    /// <summary>Answers every row and compares.</summary>
    /// <param name="model">The file.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threads">The number of threads, or null to choose.</param>
    /// <param name="progress">Receives the share of the rows that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the evaluation.</param>
    /// <returns>One entry for each output of each prompt.</returns>
    public static async Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(
        MeasuredModel model,
        IReadOnlyList<LabelledRow> rows,
        int? threads,
        Action<double> progress,
        CancellationToken cancellationToken)
    {
        var evaluations = new List<OutputEvaluation>();
        int finished = 0;
        foreach (IGrouping<TrainedPrompt, LabelledRow> group in rows.GroupBy(row => row.Prompt))
        {
            LabelledRow[] promptRows = [.. group];
            var options = new EdgeClientOptions
            {
                ModelPath = model.Path,
                Manifest = model.Manifest,
                AdapterDirectory = model.AdapterDirectory,
                Threads = threads,
                VerifyHashes = false,
            };
            using EdgePromptClient client = EdgePromptClient.Open(group.Key.Definition(model.Manifest.Model), options);
            var call = new EdgeCallOptions { Adapter = model.Manifest.Adapters is [EdgeManifestAdapter only] ? only.Name : null };
            var predictions = new List<EdgePrediction>(promptRows.Length);
            await foreach (EdgePrediction prediction in client.PredictStreamAsync(promptRows.Select(row => row.Inputs), call, cancellationToken))
            {
                predictions.Add(prediction);
                progress((double)++finished / rows.Count);
            }

            for (int output = 0; output < group.Key.Document.Outputs.Count; output++)
            {
                evaluations.Add(Compare(group.Key, output, promptRows, predictions));
            }
        }

        return evaluations;
    }

    private static OutputEvaluation Compare(TrainedPrompt prompt, int output, LabelledRow[] rows, List<EdgePrediction> predictions)
    {
        string name = prompt.Document.Outputs[output].Name;
        ConfusionMatrix? confusion = prompt.Labels.ByOutput.TryGetValue(name, out IReadOnlyList<string>? labels) ? new ConfusionMatrix(labels) : null;
        var wrong = new List<WrongAnswer>();
        var answers = new List<(double Confidence, bool Right)>(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            FieldPrediction field = predictions[i].Fields[output];
            string expected = rows[i].Values[output];
            bool right = string.Equals(field.Text, expected, StringComparison.Ordinal);
            confusion?.Add(expected, field.Text);
            answers.Add((field.Confidence, right));
            if (!right)
            {
                wrong.Add(new WrongAnswer(rows[i].File, rows[i].Line, expected, field.Text, field.Confidence));
            }
        }

        return new OutputEvaluation
        {
            Prompt = prompt.Name,
            Output = name,
            Confusion = confusion,
            Rows = rows.Length,
            Correct = rows.Length - wrong.Count,
            CalibrationError = CalibrationError.Of(answers),
            Wrong = [.. wrong.OrderByDescending(answer => answer.Confidence)],
        };
    }
}
