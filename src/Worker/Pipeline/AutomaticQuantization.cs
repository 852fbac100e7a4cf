using System.Globalization;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// Chooses the smallest type that is good enough. It asks validation rows: a choice by the test rows would make their figures too good.
/// </summary>
/// <param name="plan">The plan.</param>
/// <param name="adapterPath">The GGUF adapter.</param>
/// <param name="importance">The importance of the inputs of each matrix.</param>
/// <param name="rows">The rows.</param>
public sealed class AutomaticQuantization(
    TrainingPlan plan, string adapterPath, IReadOnlyDictionary<string, float[]> importance, QuantizationRows rows)
{
    /// <summary>Half a percentage point is less than the rows of most test sets can show.</summary>
    private const double DefaultLoss = 0.005;

    private static readonly string[] _types = ["Q4_0", "IQ4_NL", "Q4_1", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0", "F16"];

    /// <summary>Writes the model with the chosen type.</summary>
    /// <param name="outputPath">The file to write.</param>
    /// <param name="unquantized">The model before quantizing.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What was made, and the types that were tried.</returns>
    public async Task<(QuantizedFile File, IReadOnlyList<QuantizationTrial> Trials)> RunAsync(
        string outputPath, UnquantizedModel unquantized, CancellationToken cancellationToken)
    {
        double most = plan.Gates.MaxQuantizationLoss ?? DefaultLoss;
        IReadOnlyList<OutputEvaluation> reference = await unquantized.EvaluateAsync(rows.Validation);
        (string Type, long Bytes)[] candidates = [.. _types.Select(type => (type, Size(type))).OrderBy(candidate => candidate.Item2)];
        var trials = new List<QuantizationTrial>();
        foreach ((string type, long bytes) in candidates)
        {
            bool weighs = QuantizationNames.UsesImportance(type);

            // A name of its own: the runtime shares what it has loaded under a name.
            string path = $"{outputPath}.{type}";
            QuantizedFile file = QuantizeStage.Run(plan, type, adapterPath, path, weighs ? importance : new Dictionary<string, float[]>(), cancellationToken);
            IReadOnlyList<OutputEvaluation> answers = await rows.Evaluate(path, rows.Validation, $"trying {type}");
            double loss = QuantizationLoss.Largest(reference, answers);
            trials.Add(new QuantizationTrial(type, bytes, loss));
            rows.Message(string.Create(CultureInfo.InvariantCulture, $"{plan.Model}: {type}, {bytes / 1e6:0.0} MB, loses {loss:P1} of {rows.Validation.Count} validation rows"));

            // The largest candidate is the model itself but for 16-bit rounding.
            if (loss <= most || type == candidates[^1].Type)
            {
                File.Move(path, outputPath);
                trials.AddRange(candidates.Skip(trials.Count).Select(candidate => new QuantizationTrial(candidate.Type, candidate.Bytes, null)));
                return (file, trials);
            }

            File.Delete(path);
        }

        throw new InvalidOperationException("There is no type to choose from.");
    }

    private long Size(string type)
    {
        using GgufFile baseFile = GgufFile.Open(plan.Base.Path, validate: false);
        IReadOnlyDictionary<string, GgmlType> types = QuantizationTypes.Of(plan.Base.Path, type, QuantizationNames.UsesImportance(type));
        return baseFile.Tensors.Sum(tensor => tensor.RowCount * GgmlTypes.RowByteCount(types[tensor.Name], tensor.RowLength));
    }
}
