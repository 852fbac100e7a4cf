namespace EdgeBuild.Training;

/// <summary>The state of a run, reported at least once a second.</summary>
/// <param name="Phase">What is being done.</param>
/// <param name="Step">Finished optimizer steps.</param>
/// <param name="TotalSteps">Steps planned.</param>
/// <param name="Epoch">Passes over the rows so far, with a fraction.</param>
/// <param name="Loss">Training loss, averaged over the last steps; NaN before the first.</param>
/// <param name="ValidationLoss">The last validation loss, or null before the first.</param>
/// <param name="TokensPerSecond">Tokens of rows per second of training; a shared prefix counts once for each row.</param>
/// <param name="Elapsed">Time since the start of the run, earlier interrupted parts included.</param>
/// <param name="Remaining">The estimated rest, or null when unknown.</param>
/// <param name="PeakShare">Useful work as a share of the probed speed of matrix products; null before the first step, or when nothing was probed, or less than the steps reach.</param>
public sealed record TrainingProgress(
    TrainingPhase Phase,
    int Step,
    int TotalSteps,
    double Epoch,
    double Loss,
    double? ValidationLoss,
    double TokensPerSecond,
    TimeSpan Elapsed,
    TimeSpan? Remaining,
    double? PeakShare = null);
