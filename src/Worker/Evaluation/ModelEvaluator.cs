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
        IReadOnlyList<PromptAnswers> answers = await AnswerAsync(model, rows, threads, keepHiddenStates: false, progress, cancellationToken);
        return
        [
            .. answers.SelectMany(prompt => Enumerable.Range(0, prompt.Prompt.Document.Outputs.Count)
                .Select(output => Compare(prompt.Prompt, output, prompt.Rows, prompt.Predictions))),
        ];
    }

    /// <summary>Answers every row.</summary>
    /// <param name="model">The file.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threads">The number of threads, or null to choose.</param>
    /// <param name="keepHiddenStates">Whether the answers carry hidden states.</param>
    /// <param name="progress">Receives the share of the rows that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>One entry for each prompt.</returns>
    public static async Task<IReadOnlyList<PromptAnswers>> AnswerAsync(
        MeasuredModel model,
        IReadOnlyList<LabelledRow> rows,
        int? threads,
        bool keepHiddenStates,
        Action<double> progress,
        CancellationToken cancellationToken)
    {
        var answers = new List<PromptAnswers>();
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
            var call = new EdgeCallOptions { Adapter = model.Manifest.Adapters is [EdgeManifestAdapter only] ? only.Name : null, KeepHiddenStates = keepHiddenStates };
            var predictions = new List<EdgePrediction>(promptRows.Length);
            await foreach (EdgePrediction prediction in client.PredictStreamAsync(promptRows.Select(row => row.Inputs), call, cancellationToken))
            {
                predictions.Add(prediction);
                progress((double)++finished / rows.Count);
            }

            answers.Add(new PromptAnswers(group.Key, promptRows, predictions));
        }

        return answers;
    }

    private static OutputEvaluation Compare(TrainedPrompt prompt, int output, IReadOnlyList<LabelledRow> rows, IReadOnlyList<EdgePrediction> predictions)
    {
        string name = prompt.Document.Outputs[output].Name;
        ConfusionMatrix? confusion = prompt.Labels.ByOutput.TryGetValue(name, out IReadOnlyList<string>? labels) ? new ConfusionMatrix(labels) : null;
        var wrong = new List<WrongAnswer>();
        var answers = new List<MeasuredAnswer>(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            FieldPrediction field = predictions[i].Fields[output];
            string expected = rows[i].Values[output];
            bool right = string.Equals(field.Text, expected, StringComparison.Ordinal);
            confusion?.Add(expected, field.Text);
            answers.Add(new MeasuredAnswer(field.Text, field.Confidence, right, field.IsUnfamiliar));
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
            Rows = rows.Count,
            Correct = rows.Count - wrong.Count,
            CalibrationError = CalibrationError.Of([.. answers.Select(answer => (answer.Confidence, answer.Right))]),
            Answers = answers,
            Wrong = [.. wrong.OrderByDescending(answer => answer.Confidence)],
        };
    }
}
