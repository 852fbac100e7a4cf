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
    /// <param name="modelPath">The GGUF file.</param>
    /// <param name="manifest">Its manifest, which need not be on disk yet.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="threads">The number of threads, or null to choose.</param>
    /// <param name="progress">Receives the share of the rows that is done, 0 to 1.</param>
    /// <param name="cancellationToken">Ends the evaluation.</param>
    /// <returns>One entry for each output of each prompt.</returns>
    public static async Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(
        string modelPath,
        EdgeManifest manifest,
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
            var options = new EdgeClientOptions { ModelPath = modelPath, Manifest = manifest, Threads = threads, VerifyHashes = false };
            using EdgePromptClient client = EdgePromptClient.Open(group.Key.Definition(manifest.Model), options);
            int before = finished;
            IReadOnlyList<EdgePrediction> predictions = await client.PredictManyAsync(
                [.. promptRows.Select(row => row.Inputs)],
                new SynchronousProgress<int>(count => progress((double)(before + count) / rows.Count)),
                cancellationToken);
            finished += promptRows.Length;
            for (int output = 0; output < group.Key.Document.Outputs.Count; output++)
            {
                evaluations.Add(Compare(group.Key, output, promptRows, predictions));
            }
        }

        return evaluations;
    }

    /// <summary>Compares one output of the answers with the rows.</summary>
    private static OutputEvaluation Compare(TrainedPrompt prompt, int output, LabelledRow[] rows, IReadOnlyList<EdgePrediction> predictions)
    {
        PromptOutput declared = prompt.Document.Outputs[output];
        OutputKind kind = KindOf(declared);
        return new OutputEvaluation
        {
            Prompt = prompt.Name,
            Output = declared.Name,
            Kind = kind,
            Labels = kind == OutputKind.Label ? prompt.Labels[declared.Name] : [],
            Outcomes = [.. rows.Select((row, index) => Outcome(kind, row, output, predictions[index].Fields[output]))],
            MillisecondsPerCall = predictions.Average(prediction => prediction.Elapsed.TotalMilliseconds),
            PromptTokens = predictions.Average(prediction => prediction.PromptTokens),
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

    private static RowOutcome Outcome(OutputKind kind, LabelledRow row, int output, FieldPrediction field)
    {
        string expected = row.Values[output];
        bool right = kind is OutputKind.Record or OutputKind.Call ? FieldScore.AreEqual(expected, field.Text) : string.Equals(field.Text, expected, StringComparison.Ordinal);
        return new RowOutcome(row.File, row.Line, row.Hash, expected, field.Text, field.Confidence, right)
        {
            Labels = field.Probabilities.Count > 0 ? [.. field.Probabilities.Take(KeptLabels).Select(label => new RowOutcome.LabelShare(label.Label, label.Probability))] : null,
        };
    }
}
