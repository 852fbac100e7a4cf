using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// What a build does not wait for: the base with examples in its prompt, the model before quantizing, and an ordinary classifier by the number of
/// rows. Asked for by <c>edgebuild report --full</c>.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="report">Is told what is being done.</param>
public sealed class FullEvaluation(BuiltModel model, Action<string> report)
{
    private static readonly int[] _exampleCounts = [2, 4, 8];
    private static readonly int[] _parts = [8, 4, 2, 1];

    /// <summary>Measures.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The record of the model with more in it.</returns>
    public async Task<EvaluationRecord> RunAsync(IReadOnlyList<TrainedPrompt> prompts, RowSet rows, CancellationToken cancellationToken)
    {
        EvaluationRecord record = model.Record;
        using LlamaModel vocabulary = LlamaModel.Load(model.Plan.Base.Path, new LlamaModelOptions { VocabularyOnly = true, Validate = false }, cancellationToken);
        var examples = new ExampleBuilder(vocabulary.Vocabulary, prompts);
        string folder = Directory.CreateTempSubdirectory("edgebuild-full-").FullName;
        try
        {
            IReadOnlyList<LabelledRow> sample = BaseEvaluation.Sample(rows.Test);
            var sets = record.Others.Where(set => set.Name is not (EvaluationSet.FewShot or EvaluationSet.Unquantized or EvaluationSet.Classic)).ToList();
            sets.Add(new EvaluationSet(EvaluationSet.FewShot, await FewShotAsync(prompts, examples, rows, sample, folder, cancellationToken)));
            if (!model.IsAdapter)
            {
                report("the model before quantizing, all test rows");
                string exact = Path.Combine(folder, "exact.gguf");
                QuantizeStage.Run(model.Plan, UnquantizedModel.Type, model.AdapterPath, exact, new Dictionary<string, float[]>(), cancellationToken);
                sets.Add(new EvaluationSet(EvaluationSet.Unquantized, await EvaluateAsync(new MeasuredModel(exact, model.Manifest), rows.Test, cancellationToken)));
            }

            report("ML.NET");
            (IReadOnlyList<OutputEvaluation> classic, IReadOnlyList<DataSizePoint> sizes) = Classify(record, rows, cancellationToken);
            sets.Add(new EvaluationSet(EvaluationSet.Classic, classic));
            return record with { Others = sets, DataSizes = sizes };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<OutputEvaluation>> FewShotAsync(
        IReadOnlyList<TrainedPrompt> prompts, ExampleBuilder examples, RowSet rows, IReadOnlyList<LabelledRow> sample, string folder, CancellationToken cancellationToken)
    {
        var best = new List<OutputEvaluation>();
        foreach (TrainedPrompt prompt in prompts)
        {
            IReadOnlyList<LabelledRow> validation = BaseEvaluation.Sample([.. rows.Validation.Where(row => row.Prompt == prompt)]);
            (double Score, TrainedPrompt? Prompt) chosen = (double.NegativeInfinity, null);
            foreach (int count in _exampleCounts)
            {
                if (FewShotPrompt.Create(prompt, rows.Train, count, folder) is not { } candidate || validation.Count == 0)
                {
                    continue;
                }

                report($"{prompt.Name}: the base with {count} examples, on validation rows");
                IReadOnlyList<OutputEvaluation> answers = await AnswerAsync(candidate, examples, validation, cancellationToken);
                double score = answers.Average(output => output.Score);
                chosen = score > chosen.Score ? (score, candidate) : chosen;
            }

            if (chosen.Prompt is { } few)
            {
                best.AddRange(await AnswerAsync(few, examples, [.. sample.Where(row => row.Prompt == prompt)], cancellationToken));
            }
        }

        return best;
    }

    private Task<IReadOnlyList<OutputEvaluation>> AnswerAsync(TrainedPrompt prompt, ExampleBuilder examples, IReadOnlyList<LabelledRow> rows, CancellationToken cancellationToken) =>
        EvaluateAsync(
            new MeasuredModel(model.Plan.Base.Path, prompt.UntunedManifest(model.Plan.Model)) { MostTokens = AnswerLimit.Of(examples, rows) },
            [.. rows.Select(row => row with { Prompt = prompt })],
            cancellationToken);

    private Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(MeasuredModel measured, IReadOnlyList<LabelledRow> rows, CancellationToken cancellationToken) =>
        ModelEvaluator.EvaluateAsync(measured, rows, model.Plan.ThreadLimit, _ => { }, cancellationToken);

    private static (IReadOnlyList<OutputEvaluation> Answers, IReadOnlyList<DataSizePoint> Sizes) Classify(EvaluationRecord record, RowSet rows, CancellationToken cancellationToken)
    {
        var answers = new List<OutputEvaluation>();
        var sizes = new List<DataSizePoint>();
        foreach (OutputEvaluation output in record.Shipped.Where(output => output.Kind == OutputKind.Label))
        {
            LabelledRow[] train = [.. rows.Train.Where(row => row.Prompt.Name == output.Prompt)];
            LabelledRow[] test = [.. rows.Test.Where(row => row.Prompt.Name == output.Prompt)];
            int index = train.Length == 0 ? -1 : train[0].Prompt.Document.Outputs.ToList().FindIndex(declared => declared.Name == output.Output);
            new Random(1).Shuffle(train);
            foreach (int part in _parts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                LabelledRow[] used = train[..(train.Length / part)];

                // A classifier of one class is none.
                if (index < 0 || used.DistinctBy(row => row.Values[index]).Count() < 2)
                {
                    continue;
                }

                OutputEvaluation measured = Classify(output, index, used, test);
                sizes.Add(new DataSizePoint(output.Prompt, output.Output, used.Length, measured.Accuracy));
                if (part == 1)
                {
                    answers.Add(measured);
                }
            }
        }

        return (answers, sizes);
    }

    private static OutputEvaluation Classify(OutputEvaluation output, int index, LabelledRow[] train, LabelledRow[] test)
    {
        IReadOnlyList<(string Label, double Probability)> predicted = TextClassificationReference.Predict(
            train.Select(row => (string.Join('\n', row.Inputs), row.Values[index])), test.Select(row => string.Join('\n', row.Inputs)));
        return new OutputEvaluation
        {
            Prompt = output.Prompt,
            Output = output.Output,
            Kind = OutputKind.Label,
            Labels = output.Labels,
            Outcomes =
            [
                .. test.Zip(predicted).Select(pair => new RowOutcome(
                    pair.First.File, pair.First.Line, pair.First.Hash, pair.First.Values[index], pair.Second.Label, pair.Second.Probability, pair.First.Values[index] == pair.Second.Label)),
            ],
        };
    }
}
