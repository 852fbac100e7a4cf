namespace EdgeBuild.Training;

/// <summary>A measurement on the validation rows.</summary>
/// <param name="Step">The number of steps done before it.</param>
/// <param name="Loss">Cross entropy per completion token and per label, in nats.</param>
/// <param name="ErrorRate">The share of labels that label heads got wrong, 0 to 1; 0 without label heads.</param>
public readonly record struct ValidationLoss(int Step, double Loss, double ErrorRate = 0);
