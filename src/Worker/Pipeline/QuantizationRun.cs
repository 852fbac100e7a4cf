using EdgeBuild.Contracts.Plans;
using EdgeBuild.Training;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Makes the model file of a plan: importance of the inputs, choice of the type, merge and rounding, and what rounding has cost.</summary>
/// <param name="plan">The plan.</param>
/// <param name="adapterPath">The GGUF adapter.</param>
/// <param name="progress">Receives messages.</param>
/// <param name="evaluate">Measures a file on rows; its last parameter tells people what is done.</param>
public sealed class QuantizationRun(
    TrainingPlan plan,
    string adapterPath,
    ProgressReporter progress,
    Func<string, IReadOnlyList<LabelledRow>, string, Task<IReadOnlyList<OutputEvaluation>>> evaluate)
{
    /// <summary>Makes the file.</summary>
    /// <param name="outputPath">The file to write.</param>
    /// <param name="train">The training rows.</param>
    /// <param name="validation">Validation rows, for the choice of the type.</param>
    /// <param name="test">Test rows, for what rounding has cost.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What was made.</returns>
    public async Task<Result> RunAsync(
        string outputPath,
        IReadOnlyList<TrainingExample> train,
        IReadOnlyList<LabelledRow> validation,
        IReadOnlyList<LabelledRow> test,
        CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, float[]> importance = QuantizationNames.UsesImportance(plan.Quantization)
            ? TrainingImportance.Measure(plan, adapterPath, train, cancellationToken)
            : new Dictionary<string, float[]>();
        if (!UnquantizedModel.IsNeeded(plan))
        {
            return new Result(QuantizeStage.Run(plan, plan.Quantization, adapterPath, outputPath, importance, cancellationToken), [], null);
        }

        using UnquantizedModel unquantized = UnquantizedModel.Create(plan, adapterPath, outputPath, evaluate, cancellationToken);
        (QuantizedFile file, IReadOnlyList<QuantizationTrial> trials) = QuantizationNames.IsAuto(plan.Quantization)
            ? await new AutomaticQuantization(plan, adapterPath, importance, progress).RunAsync(outputPath, validation, unquantized, evaluate, cancellationToken)
            : (QuantizeStage.Run(plan, plan.Quantization, adapterPath, outputPath, importance, cancellationToken), []);
        return new Result(file, trials, await unquantized.EvaluateAsync(test));
    }

    /// <summary>What was made.</summary>
    /// <param name="File">The file's types.</param>
    /// <param name="Trials">The types that an automatic choice has tried.</param>
    /// <param name="Unquantized">The answers of the model before quantizing to the test rows given; null when they were not needed.</param>
    public sealed record Result(QuantizedFile File, IReadOnlyList<QuantizationTrial> Trials, IReadOnlyList<OutputEvaluation>? Unquantized);
}
