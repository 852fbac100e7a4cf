namespace EdgeBuild.Worker.Reporting;

/// <summary>One point of the loss curve.</summary>
/// <param name="Step">The optimizer step.</param>
/// <param name="TrainingLoss">The mean loss of the step, in nats a token.</param>
/// <param name="ValidationLoss">The loss on the validation rows, when it was measured at this step.</param>
public readonly record struct LossPoint(int Step, double TrainingLoss, double? ValidationLoss);
