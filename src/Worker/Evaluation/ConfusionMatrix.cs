namespace EdgeBuild.Worker.Evaluation;

/// <summary>Counts of expected against predicted labels of one output.</summary>
public sealed class ConfusionMatrix
{
    private readonly Dictionary<string, int> _index;
    private readonly int[,] _counts;

    /// <summary>Initializes a new instance of the <see cref="ConfusionMatrix"/> class.</summary>
    /// <param name="labels">The labels.</param>
    public ConfusionMatrix(IReadOnlyList<string> labels)
    {
        Labels = labels;
        _index = labels.Select((label, index) => (label, index)).ToDictionary(entry => entry.label, entry => entry.index, StringComparer.Ordinal);
        _counts = new int[labels.Count, labels.Count];
    }

    /// <summary>Gets the labels, the order of rows and columns.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Gets the mean F1 over the labels that occur as expected or predicted.</summary>
    public double MacroF1
    {
        get
        {
            double[] scores = [.. Enumerable.Range(0, Labels.Count).Where(i => RowSum(i) + ColumnSum(i) > 0).Select(i => F1(i))];
            return scores.Length == 0 ? 0 : scores.Average();
        }
    }

    /// <summary>Counts answers.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="outcomes">The answers.</param>
    /// <returns>The counts.</returns>
    public static ConfusionMatrix Of(IReadOnlyList<string> labels, IReadOnlyCollection<RowOutcome> outcomes)
    {
        // An output that may be missing is answered with null, which is none of its labels.
        string[] seen = [.. labels.Concat(outcomes.SelectMany(outcome => (string[])[outcome.Expected, outcome.Predicted])).Distinct(StringComparer.Ordinal)];
        var confusion = new ConfusionMatrix(seen);
        foreach (RowOutcome outcome in outcomes)
        {
            confusion.Add(outcome.Expected, outcome.Predicted);
        }

        return confusion;
    }

    /// <summary>Finds the labels that are taken for others.</summary>
    /// <returns>Expected and predicted label with the number of rows, the most frequent first.</returns>
    public IReadOnlyList<(string Expected, string Predicted, int Rows)> Pairs() =>
    [
        .. Enumerable.Range(0, Labels.Count)
            .SelectMany(row => Enumerable.Range(0, Labels.Count).Where(column => column != row && _counts[row, column] > 0).Select(column => (Labels[row], Labels[column], _counts[row, column])))
            .OrderByDescending(pair => pair.Item3),
    ];

    /// <summary>Counts one answer.</summary>
    /// <param name="expected">The label of the row.</param>
    /// <param name="predicted">The label that the model chose.</param>
    public void Add(string expected, string predicted) => _counts[_index[expected], _index[predicted]]++;

    /// <summary>Gets one count.</summary>
    /// <param name="expected">The index of the expected label.</param>
    /// <param name="predicted">The index of the predicted label.</param>
    /// <returns>The number of rows.</returns>
    public int Count(int expected, int predicted) => _counts[expected, predicted];

    /// <summary>Gets the share of the label's rows that are found, 0 to 1.</summary>
    /// <param name="label">The label's index.</param>
    /// <returns>The recall; 0 without rows.</returns>
    public double Recall(int label) => Ratio(_counts[label, label], RowSum(label));

    /// <summary>Gets the share of the label's answers that are right, 0 to 1.</summary>
    /// <param name="label">The label's index.</param>
    /// <returns>The precision; 0 without answers.</returns>
    public double Precision(int label) => Ratio(_counts[label, label], ColumnSum(label));

    /// <summary>Gets the harmonic mean of precision and recall.</summary>
    /// <param name="label">The label's index.</param>
    /// <returns>The F1 score, 0 to 1.</returns>
    public double F1(int label) => Ratio(2 * _counts[label, label], RowSum(label) + ColumnSum(label));

    /// <summary>Gets the number of rows of a label.</summary>
    /// <param name="label">The label's index.</param>
    /// <returns>The count.</returns>
    public int RowSum(int label) => Enumerable.Range(0, Labels.Count).Sum(other => _counts[label, other]);

    private static double Ratio(int part, int whole) => whole == 0 ? 0 : (double)part / whole;

    private int ColumnSum(int label) => Enumerable.Range(0, Labels.Count).Sum(other => _counts[other, label]);
}
