namespace EdgeBuild.Training;

/// <summary>What a run gave.</summary>
public sealed record TrainingResult
{
    /// <summary>Gets the adapter with the lowest validation loss; without validation rows, the last one. The receiver disposes of it.</summary>
    public required LoraAdapter Adapter { get; init; }

    /// <summary>Gets the training loss of every step.</summary>
    public required IReadOnlyList<double> Losses { get; init; }

    /// <summary>Gets the gradient norm of every step, before clipping.</summary>
    public required IReadOnlyList<double> GradientNorms { get; init; }

    /// <summary>Gets the validation losses by the step after which they were measured.</summary>
    public required IReadOnlyList<ValidationLoss> ValidationLosses { get; init; }

    /// <summary>Gets the validation loss of <see cref="Adapter"/>, or null without validation rows.</summary>
    public double? BestValidationLoss { get; init; }

    /// <summary>Gets the step that <see cref="Adapter"/> is of.</summary>
    public required int BestStep { get; init; }

    /// <summary>Gets the number of steps done.</summary>
    public required int Steps { get; init; }

    /// <summary>Gets the passes over the rows, with a fraction.</summary>
    public required double Epochs { get; init; }

    /// <summary>Gets the tokens of rows trained on; a shared prefix counts once for each row.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the tokens per second of optimizer steps, validation not counted.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>Gets the time of the run, earlier interrupted parts included.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Gets the number format of matrix products.</summary>
    public required ComputeType ComputeType { get; init; }

    /// <summary>Gets the largest resident memory of the process, in bytes.</summary>
    public required long PeakMemory { get; init; }

    /// <summary>Gets a value indicating whether the run ended before its planned steps because validation no longer improved.</summary>
    public bool StoppedEarly { get; init; }

    /// <summary>Gets the step from which an interrupted run was resumed, or 0.</summary>
    public int ResumedAtStep { get; init; }
}
