namespace EdgeBuild.Data;

/// <summary>How often the labels of one output occur.</summary>
internal sealed class LabelCounts
{
    /// <summary>From this number of rows on a label is not called rare: it has rows to learn from and one to be validated on.</summary>
    private const int EnoughRows = 5;

    /// <summary>A label is rare when it has less than this share of the mean.</summary>
    private const double RareShare = 0.1;

    private readonly Dictionary<string, int> _trained = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _measured = new(StringComparer.Ordinal);

    /// <summary>Gets the number of training rows.</summary>
    public int Total { get; private set; }

    /// <summary>Gets the labels of the training rows.</summary>
    public IReadOnlyCollection<string> TrainedLabels => _trained.Keys;

    /// <summary>Counts a row.</summary>
    public void Add(string label, string split)
    {
        Dictionary<string, int> counts = split == DatasetSplits.Train ? _trained : _measured;
        counts[label] = Count(counts, label) + 1;
        Total += split == DatasetSplits.Train ? 1 : 0;
    }

    /// <summary>The number of training rows with a label.</summary>
    public int Trained(string label) => Count(_trained, label);

    /// <summary>The number of validation and test rows with a label.</summary>
    public int Measured(string label) => Count(_measured, label);

    /// <summary>Whether a label has so few training rows beside the others that it will be drowned by them.</summary>
    public bool IsRare(string label) => Trained(label) is > 0 and < EnoughRows and int rows && rows < RareShare * Total / _trained.Count;

    private static int Count(Dictionary<string, int> counts, string label) => counts.TryGetValue(label, out int count) ? count : 0;
}
