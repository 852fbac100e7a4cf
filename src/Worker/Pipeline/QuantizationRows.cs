using EdgeBuild.Training;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>What a quantization needs of the rows.</summary>
/// <param name="Train">The training rows, whose prompts tell which inputs of a matrix matter.</param>
/// <param name="Validation">Validation rows, for the choice of the type.</param>
/// <param name="Test">Test rows, for what rounding has cost.</param>
/// <param name="Evaluate">Measures a file on rows; the last parameter tells people what is done.</param>
/// <param name="Learned">Training rows, for what rounding has done to hidden states.</param>
/// <param name="Answer">Answers rows with a file, hidden states included.</param>
/// <param name="Message">Receives messages.</param>
public sealed record QuantizationRows(
    IReadOnlyList<TrainingExample> Train,
    IReadOnlyList<LabelledRow> Validation,
    IReadOnlyList<LabelledRow> Test,
    Func<string, IReadOnlyList<LabelledRow>, string, Task<IReadOnlyList<OutputEvaluation>>> Evaluate,
    IReadOnlyList<LabelledRow> Learned,
    Func<string, IReadOnlyList<LabelledRow>, string, Task<IReadOnlyList<PromptAnswers>>> Answer,
    Action<string> Message);
