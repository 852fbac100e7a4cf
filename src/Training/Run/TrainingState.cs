namespace EdgeBuild.Training;

/// <summary>All that a run needs to go on where it was.</summary>
internal sealed class TrainingState
{
    /// <summary>Gets or sets the number of steps done.</summary>
    public int Step { get; set; }

    /// <summary>Gets or sets the number of steps of the optimizer; a step without weighted tokens is none.</summary>
    public int OptimizerSteps { get; set; }

    /// <summary>Gets or sets the tokens trained on.</summary>
    public long Tokens { get; set; }

    /// <summary>Gets or sets the time of the run.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Gets or sets the part of it that optimizer steps took.</summary>
    public TimeSpan TrainingTime { get; set; }

    /// <summary>Gets the loss of every step.</summary>
    public List<double> Losses { get; } = [];

    /// <summary>Gets the gradient norm of every step.</summary>
    public List<double> GradientNorms { get; } = [];

    /// <summary>Gets the validation losses.</summary>
    public List<ValidationLoss> ValidationLosses { get; } = [];

    /// <summary>Gets or sets the rows of the present pass in their order.</summary>
    public int[] Order { get; set; } = [];

    /// <summary>Gets or sets how hard every row was.</summary>
    public float[] RowHardness { get; set; } = [];

    /// <summary>Gets or sets the losses that the next row's hardness is relative to.</summary>
    public double[] RecentLosses { get; set; } = [];

    /// <summary>Gets or sets the flat parameter.</summary>
    public float[] Parameters { get; set; } = [];

    /// <summary>Gets or sets the optimizer's first moment.</summary>
    public float[] FirstMoment { get; set; } = [];

    /// <summary>Gets or sets the optimizer's second moment.</summary>
    public float[] SecondMoment { get; set; } = [];

    /// <summary>Gets or sets the parameter with the lowest validation loss, or empty before the first validation.</summary>
    public float[] BestParameters { get; set; } = [];

    /// <summary>
    /// Gets the best validation so far, or null: the fewest wrong labels, and of equals the lowest loss. A loss may rise while ever more answers
    /// are right, since the few wrong ones become surer.
    /// </summary>
    public ValidationLoss? Best => ValidationLosses.Count == 0 ? null : ValidationLosses.MinBy(validation => (validation.ErrorRate, validation.Loss));

    /// <summary>Gets the number of validations since the best one.</summary>
    public int StaleValidations => Best is { } best ? ValidationLosses.Count - 1 - ValidationLosses.IndexOf(best) : 0;
}
