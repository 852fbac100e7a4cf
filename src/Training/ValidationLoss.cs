namespace EdgeBuild.Training;

/// <summary>A measurement on the validation rows.</summary>
/// <param name="Step">The number of steps done before it.</param>
/// <param name="Loss">Cross entropy per completion token, in nats.</param>
public readonly record struct ValidationLoss(int Step, double Loss);
