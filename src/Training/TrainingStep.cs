namespace EdgeBuild.Training;

/// <summary>A finished optimizer step.</summary>
/// <param name="Step">Its number, from 1.</param>
/// <param name="Loss">The mean loss of its rows before it, in nats per completion token.</param>
/// <param name="GradientNorm">The norm of the gradient before clipping.</param>
/// <param name="LearningRate">The learning rate of A.</param>
/// <param name="Tokens">The tokens of its rows; a shared prefix counts once for each row.</param>
/// <param name="Duration">The time that it took.</param>
/// <param name="PeakShare">Its useful work as a share of the probed speed of matrix products, or null when nothing was probed, or less than the steps reach.</param>
public sealed record TrainingStep(int Step, double Loss, double GradientNorm, double LearningRate, int Tokens, TimeSpan Duration, double? PeakShare);
