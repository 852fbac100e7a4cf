using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Makes the model file of a plan: importance of the inputs, choice of the type, merge and rounding, and what rounding has cost.</summary>
/// <param name="plan">The plan.</param>
/// <param name="adapterPath">The GGUF adapter.</param>
/// <param name="rows">The rows.</param>
public sealed class QuantizationRun(TrainingPlan plan, string adapterPath, QuantizationRows rows)
{
    /// <summary>Makes the file.</summary>
    /// <param name="outputPath">The file to write.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What was made.</returns>
    public async Task<Result> RunAsync(string outputPath, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, float[]> importance = QuantizationNames.UsesImportance(plan.Quantization)
            ? TrainingImportance.Measure(plan, adapterPath, rows.Train, cancellationToken)
            : new Dictionary<string, float[]>();
        if (!UnquantizedModel.IsNeeded(plan))
        {
            return new Result(QuantizeStage.Run(plan, plan.Quantization, adapterPath, outputPath, importance, cancellationToken), [], null);
        }

        using UnquantizedModel unquantized = UnquantizedModel.Create(plan, adapterPath, outputPath, rows.Evaluate, cancellationToken);
        (QuantizedFile file, IReadOnlyList<QuantizationTrial> trials) = QuantizationNames.IsAuto(plan.Quantization)
            ? await new AutomaticQuantization(plan, adapterPath, importance, rows).RunAsync(outputPath, unquantized, cancellationToken)
            : (QuantizeStage.Run(plan, plan.Quantization, adapterPath, outputPath, importance, cancellationToken), []);
        return new Result(file, trials, await unquantized.EvaluateAsync(rows.Test));
    }

    /// <summary>What was made.</summary>
    /// <param name="File">The file's types.</param>
    /// <param name="Trials">The types that an automatic choice has tried.</param>
    /// <param name="Unquantized">The answers of the model before quantizing to the test rows given; null when they were not needed.</param>
    public sealed record Result(QuantizedFile File, IReadOnlyList<QuantizationTrial> Trials, IReadOnlyList<OutputEvaluation>? Unquantized);
}
