namespace EdgeBuild.Training;

/// <summary>
/// How hard each row was when it was last trained on: its loss before that step, relative to what rows lost on average at that time, since early
/// rows of a run lose much only because they come early. Known from the training pass itself, so it costs nothing.
/// </summary>
internal sealed class RowHardness
{
    private const int Window = 8;

    private readonly Dictionary<TrainingExample, int> _indices = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<double> _recent = new();

    /// <summary>Initializes a new instance of the <see cref="RowHardness"/> class.</summary>
    /// <param name="examples">The rows.</param>
    public RowHardness(IReadOnlyList<TrainingExample> examples)
    {
        for (int index = 0; index < examples.Count; index++)
        {
            _indices[examples[index]] = index;
        }

        Values = new float[examples.Count];
    }

    /// <summary>Gets or sets the values by row; 0 for a row that was not trained on yet.</summary>
    public float[] Values { get; set; }

    /// <summary>Gets or sets the losses of the last steps, oldest first.</summary>
    public double[] RecentLosses
    {
        get => [.. _recent];
        set
        {
            _recent.Clear();
            Array.ForEach(value, _recent.Enqueue);
        }
    }

    /// <summary>Takes up the mean loss of a step before its rows.</summary>
    /// <param name="loss">Loss per unit of weight.</param>
    public void BeginStep(double loss)
    {
        _recent.Enqueue(loss);
        if (_recent.Count > Window)
        {
            _recent.Dequeue();
        }
    }

    /// <summary>Takes up the losses of a part of a step.</summary>
    /// <param name="part">The rows.</param>
    /// <param name="batch">Their batch.</param>
    /// <param name="losses">Its losses.</param>
    /// <param name="tokenLossWeight">The weight of the loss over tokens beside that over labels.</param>
    public void Record(IReadOnlyList<TrainingExample> part, TokenBatch batch, BatchLosses losses, double tokenLossWeight)
    {
        (double[] tokens, double[] labels) = losses.ByExample(batch, part.Count);
        double mean = Math.Max(_recent.Average(), 1e-9);
        for (int example = 0; example < part.Count; example++)
        {
            TrainingExample row = part[example];
            double tokenLoss = row.TokenWeight > 0 ? tokens[example] / row.TokenWeight : 0;
            double loss = row.LabelWeight > 0 ? (labels[example] / row.LabelWeight) + (tokenLossWeight * tokenLoss) : tokenLoss;
            Values[_indices[row]] = (float)(loss / mean);
        }
    }
}
