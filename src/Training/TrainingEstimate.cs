namespace EdgeBuild.Training;

/// <summary>What a training will need.</summary>
/// <param name="Memory">How it keeps within memory.</param>
/// <param name="PeakMemory">The largest resident memory of the process, in bytes.</param>
/// <param name="Duration">The time.</param>
/// <param name="Steps">The optimizer steps.</param>
public sealed record TrainingEstimate(MemoryPlan Memory, long PeakMemory, TimeSpan Duration, int Steps);
