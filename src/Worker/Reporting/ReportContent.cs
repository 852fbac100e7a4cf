using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Reporting;

/// <summary>All that the report of one model shows.</summary>
public sealed record ReportContent
{
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <summary>Gets the plan that was run.</summary>
    public required TrainingPlan Plan { get; init; }

    /// <summary>Gets what was measured.</summary>
    public required EvaluationRecord Record { get; init; }

    /// <summary>Gets what was measured of the version before; null when there is none in the cache.</summary>
    public EvaluationRecord? Previous { get; init; }

    /// <summary>Gets the gates that are not reached.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Gets the rows. Their texts stand in the report only, which never ships.</summary>
    public required RowSet Rows
    {
        get;
        init
        {
            field = value;
            foreach (LabelledRow row in value.Test.Concat(value.Train).Concat(value.Validation))
            {
                _texts.TryAdd(row.Hash, string.Join(" · ", row.Inputs));
                _texts.TryAdd(Place(row.File, row.Line), string.Join(" · ", row.Inputs));
            }
        }
    }

    /// <summary>Gets the inputs of a row.</summary>
    /// <param name="outcome">An answer to it.</param>
    /// <returns>The text; empty when the row is no longer there.</returns>
    public string TextOf(RowOutcome outcome) => _texts.GetValueOrDefault(outcome.Hash, string.Empty);

    /// <summary>Gets the inputs of a row.</summary>
    /// <param name="suspect">The finding about it.</param>
    /// <returns>The text; empty when the row is no longer there.</returns>
    public string TextOf(SuspectedLabel suspect) => _texts.GetValueOrDefault(Place(suspect.File, suspect.Line), string.Empty);

    private static string Place(string file, int line) => $"{file}({line})";
}
