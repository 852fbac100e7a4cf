using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
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
}
