namespace EdgeBuild.Contracts.Locking;

/// <summary>The score of one output, measured on the file that ships.</summary>
public sealed record LockedMetric
{
    /// <summary>Gets the share of test rows that are answered exactly, 0 to 1.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Gets the mean F1 over the labels, 0 to 1; null where there are none.</summary>
    public double? MacroF1 { get; init; }

    /// <summary>Gets the mean ROUGE-L of free text, 0 to 1; else null.</summary>
    public double? RougeL { get; init; }

    /// <summary>Gets the chrF of free text, 0 to 1; else null.</summary>
    public double? Chrf { get; init; }

    /// <summary>Gets the share of exact fields of arrays and objects, 0 to 1; else null.</summary>
    public double? FieldAccuracy { get; init; }

    /// <summary>Gets the figure that one version is compared by with another: exact answers, the overlap (chrF) for free text.</summary>
    public double Score => Chrf ?? Accuracy;

    /// <summary>Gets the number of test rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Gets the accuracy of the untuned base with the same prompt, 0 to 1.</summary>
    public required double BaseAccuracy { get; init; }

    /// <summary>Gets the ROUGE-L of the untuned base for free text; null for other outputs, and in files of older versions.</summary>
    public double? BaseRougeL { get; init; }

    /// <summary>Gets the chrF of the untuned base for free text; null for other outputs, and in files of older versions.</summary>
    public double? BaseChrf { get; init; }

    /// <summary>Gets the hash of the rows that it was measured on, in canonical form.</summary>
    public required string RowsHash { get; init; }

    /// <summary>Gets how much accuracy quantizing has cost, measured on some of the rows; null when it was not measured.</summary>
    public double? QuantizationLoss { get; init; }
}
