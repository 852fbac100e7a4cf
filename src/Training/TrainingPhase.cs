namespace EdgeBuild.Training;

/// <summary>What a run is doing.</summary>
public enum TrainingPhase
{
    /// <summary>Preparing batches or reading a checkpoint.</summary>
    Preparing,

    /// <summary>Optimizer steps.</summary>
    Training,

    /// <summary>Measuring the loss of the validation rows.</summary>
    Validating,

    /// <summary>The run is over.</summary>
    Finished,
}
