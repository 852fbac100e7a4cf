using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Reporting;

/// <summary>All that the report of one model shows.</summary>
public sealed record ReportContent
{
    /// <summary>Gets the plan that was run.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>Gets the evaluation of the file that ships.</summary>
    public required IReadOnlyList<OutputEvaluation> Shipped { get; init; }

    /// <summary>Gets the evaluation of the untuned base with the same prompts.</summary>
    public required IReadOnlyList<OutputEvaluation> Base { get; init; }

    /// <summary>Gets the loss curve: step, training loss, and validation loss where it was measured.</summary>
    public required IReadOnlyList<LossPoint> Losses { get; init; }

    /// <summary>Gets the training rows whose label looked wrong.</summary>
    public required IReadOnlyList<SuspectedLabel> Suspects { get; init; }

    /// <summary>Gets facts of the run, in the order of display.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; }

    /// <summary>Gets the text of a row by file and line. Row texts stand in the report only, which never ships.</summary>
    public required Func<string, int, string> RowText { get; init; }

    /// <summary>Gets a value indicating whether the test rows were held back from the training data for want of a Test dataset.</summary>
    public required bool HeldBackTestRows { get; init; }
}
