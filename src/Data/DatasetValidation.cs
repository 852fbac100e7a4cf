using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>What the validator found in the datasets of one prompt.</summary>
public sealed record DatasetValidation
{
    /// <summary>Gets the findings, file by file, in the order of the lines; at most <see cref="DatasetValidator.MaximumErrorsPerFile"/> errors of a file, and <see cref="DatasetValidator.MaximumWarningsPerFile"/> warnings of a code.</summary>
    public required IReadOnlyList<Diagnostic> Diagnostics { get; init; }

    /// <summary>Gets the labels of every labelled string output, in the order of the generated enum.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> Labels { get; init; }

    /// <summary>Gets the number of valid rows by split.</summary>
    public required IReadOnlyDictionary<string, int> RowCounts { get; init; }

    /// <summary>Gets the hash of the Test rows, independent of their order; empty without any.</summary>
    public required string TestRowsHash { get; init; }

    /// <summary>Gets a value indicating whether there are errors.</summary>
    public bool HasErrors => Diagnostics.Any(diagnostic => diagnostic.IsError);
}
