using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>Measures a GGUF file on rows, through the runtime that ships.</summary>
public static class ModelEvaluator
{
    /// <summary>Of many labels the first few say why an answer is wrong.</summary>
    private const int KeptLabels = 3;

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
        return Compare(model, await AnswerAsync(model, rows, threads, keepHiddenStates: false, progress, cancellationToken));
    }

    /// <summary>Compares answers with what the rows have.</summary>
    /// <param name="model">The file that has answered.</param>
    /// <param name="answers">The answers.</param>
    /// <returns>One entry for each output of each prompt.</returns>
    public static IReadOnlyList<OutputEvaluation> Compare(MeasuredModel model, IReadOnlyList<PromptAnswers> answers) =>
        [
            .. answers.SelectMany(prompt => Enumerable.Range(0, prompt.Prompt.Document.Outputs.Count)
                .Select(output => Compare(model, prompt.Prompt, output, prompt.Rows, prompt.Predictions))),
        ];

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

                // What is measured must not depend on what the machine of the build has.
                Device = EdgeDevice.Cpu,
            };
            using EdgePromptClient client = EdgePromptClient.Open(group.Key.Definition(model.Manifest.Model), options);
            var call = new EdgeCallOptions
            {
                Adapter = model.Manifest.Adapters is [EdgeManifestAdapter only] ? only.Name : null,
                KeepHiddenStates = keepHiddenStates,
                MaxTokens = MostTokens(model, group.Key),
            };
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

    private static int? MostTokens(MeasuredModel model, TrainedPrompt prompt) => model.MostTokens.TryGetValue(prompt.Name, out int tokens) ? tokens : null;

    private static OutputEvaluation Compare(MeasuredModel model, TrainedPrompt prompt, int output, IReadOnlyList<LabelledRow> rows, IReadOnlyList<EdgePrediction> predictions)
    {
        PromptOutput declared = prompt.Document.Outputs[output];
        OutputKind kind = KindOf(declared);
        double temperature = kind == OutputKind.Label ? OutputConfidence.TemperatureOf(model.Manifest, prompt.Name, declared.Name) : 1;
        return new OutputEvaluation
        {
            Prompt = prompt.Name,
            Output = declared.Name,
            Kind = kind,
            Labels = kind == OutputKind.Label ? prompt.Labels[declared.Name] : [],
            Outcomes = [.. rows.Select((row, index) => Outcome(kind, row, output, predictions[index].Fields[output], temperature))],
            MillisecondsPerCall = predictions.Average(prediction => prediction.Elapsed.TotalMilliseconds),
            PromptTokens = predictions.Average(prediction => prediction.PromptTokens),
            MostTokens = kind == OutputKind.Text ? MostTokens(model, prompt) : null,
        };
    }

    private static OutputKind KindOf(PromptOutput output) => output switch
    {
        { Tools.Count: > 0 } => OutputKind.Call,
        { Kind: PromptValueKind.Array or PromptValueKind.Object } => OutputKind.Record,
        { IsLabelled: true } => OutputKind.Label,
        { Kind: PromptValueKind.String } => OutputKind.Text,
        _ => OutputKind.Value,
    };

    private static RowOutcome Outcome(OutputKind kind, LabelledRow row, int output, FieldPrediction field, double temperature)
    {
        string expected = row.Values[output];
        bool right = kind is OutputKind.Record or OutputKind.Call ? FieldScore.AreEqual(expected, field.Text) : string.Equals(field.Text, expected, StringComparison.Ordinal);
        return new RowOutcome(row.File, row.Line, row.Hash, expected, field.Text, field.Confidence, right)
        {
            IsUnfamiliar = field.IsUnfamiliar,
            RawConfidence = temperature != 1 && field.Probabilities.Count > 0
                ? new LabelledOutcome([.. field.Probabilities.Select(label => Math.Log(Math.Max(label.Probability, double.Epsilon)))], 0).Probabilities(1 / temperature).Max()
                : null,
            Labels = field.Probabilities.Count > 0 ? [.. field.Probabilities.Take(KeptLabels).Select(label => new RowOutcome.LabelShare(label.Label, label.Probability))] : null,
        };
    }
}
