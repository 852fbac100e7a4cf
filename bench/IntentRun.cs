using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;
using EdgeBuild.Worker;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>What one training of an <see cref="IntentTask"/> needs.</summary>
/// <param name="Plan">The plan.</param>
/// <param name="Prompt">Its prompt.</param>
/// <param name="Rows">The rows.</param>
/// <param name="Examples">Renders rows.</param>
/// <param name="Vocabulary">The base's vocabulary, on which <paramref name="Examples"/> rests.</param>
internal sealed record IntentRun(TrainingPlan Plan, TrainedPrompt Prompt, RowSet Rows, ExampleBuilder Examples, LlamaModel Vocabulary) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Vocabulary.Dispose();

    /// <summary>Trains, merges and quantizes, as the worker does.</summary>
    /// <param name="log">Receives what was done.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The result.</returns>
    public async Task<IntentResult> TrainAsync(TextWriter log, CancellationToken cancellationToken)
    {
        using var progress = new ProgressReporter(TextWriter.Null);

        // A refresh starts from adapters that are known as this model's.
        CacheOwners.Record(Plan, Plan.ModelKey);
        long start = Stopwatch.GetTimestamp();
        TrainedAdapter adapter = await new AdapterStage(Plan, new ArtifactCache(Plan.CacheDirectory), progress)
            .RunAsync(Rows, Examples, TimeSpan.Zero, cancellationToken);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        string origin = adapter.Facts.First(fact => fact.Key == "Adapter").Value;
        await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{origin}, {time.TotalSeconds:0.0} s"));
        string modelPath = Path.Combine(Plan.CacheDirectory, "measured.gguf");
        QuantizeStage.Run(Plan, Plan.Quantization, adapter.Path, modelPath, new Dictionary<string, float[]>(), cancellationToken);
        return new IntentResult(modelPath, time, origin);
    }

    /// <summary>Measures a file through the runtime.</summary>
    /// <param name="modelPath">The file.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The share of right answers.</returns>
    public async Task<double> AccuracyAsync(string modelPath, IReadOnlyList<LabelledRow> rows, CancellationToken cancellationToken)
    {
        var manifest = new EdgeManifest
        {
            Model = Plan.Model,
            Prompts = [new EdgeManifestPrompt { Name = Prompt.Name, Hash = Prompt.Compiled.Hash, Labels = Prompt.Labels.ByOutput }],
        };
        IReadOnlyList<OutputEvaluation> result = await ModelEvaluator.EvaluateAsync(new MeasuredModel(modelPath, manifest), rows, null, _ => { }, cancellationToken);
        return result.Single().Accuracy;
    }
}
