namespace EdgeBuild.Runtime;

/// <summary>How good a model was on the test rows of a prompt.</summary>
public sealed class EdgeManifestMetric
{
    /// <summary>Gets the name of the prompt.</summary>
    public required string Prompt { get; init; }

    /// <summary>Gets the name of the output, or null when all outputs of a row count as one answer.</summary>
    public string? Output { get; init; }

    /// <summary>Gets the number of rows that were measured.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the measured values by name, for example <c>accuracy</c>, <c>macroF1</c>, <c>calibrationError</c>.</summary>
    public IReadOnlyDictionary<string, double> Values
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? new Dictionary<string, double>();
        init;
    }
}
