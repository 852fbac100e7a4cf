namespace EdgeBuild.Training;

/// <summary>Some of the outputs of a linear layer: q in a matrix that holds q, k and v. Mostly it is all of them.</summary>
/// <param name="Part">The layer.</param>
/// <param name="Start">The first output.</param>
/// <param name="Length">The number of outputs.</param>
internal sealed record LinearRange(LinearPart Part, int Start, int Length);
