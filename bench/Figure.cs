namespace EdgeBuild.Benchmarks;

/// <summary>One measured figure with what it is compared with and what it is held to.</summary>
internal sealed record Figure
{
    /// <summary>Gets what is measured.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the measured value.</summary>
    public required double Value { get; init; }

    /// <summary>Gets the unit; <c>%</c> shows a share of 1 as a percentage.</summary>
    public required string Unit { get; init; }

    /// <summary>Gets what the reference is, or null for none.</summary>
    public string? ReferenceName { get; init; }

    /// <summary>Gets the value of the reference, measured in the same run.</summary>
    public double? Reference { get; init; }

    /// <summary>Gets the goal as people read it, or null for none.</summary>
    public string? Goal { get; init; }

    /// <summary>Gets a value indicating whether the goal is reached; null without a goal.</summary>
    public bool? Passed { get; init; }

    /// <summary>Gets value / reference, or null.</summary>
    public double? Ratio => Reference is { } reference && reference != 0 ? Value / reference : null;
}
