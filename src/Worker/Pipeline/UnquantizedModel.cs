using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// The trained model before it is quantized, as a file for the time of a measurement. 16-bit floats: their rounding is a thousandth of that of the
/// smallest types, and the file half as large.
/// </summary>
public sealed class UnquantizedModel : IDisposable
{
    /// <summary>Its type.</summary>
    public const string Type = "F16";

    private readonly Func<string, IReadOnlyList<LabelledRow>, string, Task<IReadOnlyList<OutputEvaluation>>> _evaluate;
    private readonly string _path;

    private UnquantizedModel(string path, Func<string, IReadOnlyList<LabelledRow>, string, Task<IReadOnlyList<OutputEvaluation>>> evaluate)
    {
        _path = path;
        _evaluate = evaluate;
    }

    /// <summary>Tells whether the loss of a plan's quantization is measured: always where it may be large or a gate asks for it.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>Whether the unquantized model is needed.</returns>
    public static bool IsNeeded(TrainingPlan plan) =>
        plan.Gates.MaxQuantizationLoss is not null || QuantizationNames.UsesImportance(plan.Quantization) || QuantizationNames.KeepsBase(plan.Quantization);

    /// <summary>Writes the file.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="adapterPath">The GGUF adapter.</param>
    /// <param name="besidePath">The file beside which it is made.</param>
    /// <param name="evaluate">Measures a file on rows.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The model; disposing deletes the file.</returns>
    public static UnquantizedModel Create(
        TrainingPlan plan,
        string adapterPath,
        string besidePath,
        Func<string, IReadOnlyList<LabelledRow>, string, Task<IReadOnlyList<OutputEvaluation>>> evaluate,
        CancellationToken cancellationToken)
    {
        string path = besidePath + ".unquantized";
        QuantizeStage.Run(plan, Type, adapterPath, path, new Dictionary<string, float[]>(), cancellationToken);
        return new UnquantizedModel(path, evaluate);
    }

    /// <summary>Measures it.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>One entry for each output of each prompt.</returns>
    public Task<IReadOnlyList<OutputEvaluation>> EvaluateAsync(IReadOnlyList<LabelledRow> rows) => _evaluate(_path, rows, "evaluating the model before quantizing");

    /// <inheritdoc/>
    public void Dispose() => File.Delete(_path);
}
