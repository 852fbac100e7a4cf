using EdgeBuild.Runtime;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>The answers of a model to the rows of one prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Predictions">The answer to each row.</param>
public sealed record PromptAnswers(TrainedPrompt Prompt, IReadOnlyList<LabelledRow> Rows, IReadOnlyList<EdgePrediction> Predictions);
