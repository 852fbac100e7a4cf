using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Tells whether the types of a base can hold what a training changes, for plans that keep these types.</summary>
public static class BaseTypePrecision
{
    /// <summary>Q5_1, the finest type of 5-bit steps, takes 6 bits a weight with its scales; Q6_K, the next, 6.6.</summary>
    private const double CoarsestBits = 6.0;

    /// <summary>Checks the base of a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <returns>EDGE3005 as a warning, or null when the plan loses nothing.</returns>
    public static Diagnostic? Check(TrainingPlan plan)
    {
        if (!QuantizationNames.KeepsBase(plan.Quantization))
        {
            return null;
        }

        using GgufFile file = GgufFile.Open(plan.Base.Path, validate: false);

        // Matrices of the blocks are what an adapter changes; norms are vectors and stay in 32-bit floats.
        GgufTensor[] adapted = [.. file.Tensors.Where(tensor => tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && tensor.Shape.Count > 1)];
        GgufTensor[] coarse = [.. adapted.Where(tensor => BitsOf(tensor.Type) <= CoarsestBits)];
        if (2 * Weights(coarse) <= Weights(adapted))
        {
            return null;
        }

        IEnumerable<string> types = coarse.GroupBy(tensor => tensor.Type).OrderByDescending(Weights).Select(group => GgmlTypes.Name(group.Key));
        return new Diagnostic(
            ErrorCodes.CoarseQuantization,
            DiagnosticSeverity.Warning,
            string.Empty,
            default,
            $"Quantization=\"{plan.Quantization}\" keeps the types of the base '{plan.Base.Name}' ({string.Join(", ", types)}), and rounding to 5 bits or less undoes most of the training. Remove Quantization from the EdgeModel '{plan.Model}' (Q8_0 is the default), or use a base of 8 bits or more.");
    }

    private static double BitsOf(GgmlType type) => 8.0 * GgmlTypes.BlockByteCount(type) / GgmlTypes.BlockSize(type);

    private static long Weights(IEnumerable<GgufTensor> tensors) => tensors.Sum(tensor => tensor.RowCount * tensor.RowLength);
}
