namespace EdgeBuild.Training;

/// <summary>Which rows each step takes, and how a step is split so that its activations fit into memory.</summary>
internal sealed class StepPlan
{
    private readonly IReadOnlyList<TrainingExample> _examples;
    private readonly TrainingRecipe _recipe;
    private readonly int _fullSteps;
    private readonly int _reviewRows;
    private readonly int _stepsPerReview;
    private int _pass = -1;

    /// <summary>Initializes a new instance of the <see cref="StepPlan"/> class.</summary>
    /// <param name="examples">All rows.</param>
    /// <param name="recipe">The settings.</param>
    public StepPlan(IReadOnlyList<TrainingExample> examples, TrainingRecipe recipe)
    {
        _examples = examples;
        _recipe = recipe;
        StepsPerEpoch = StepsFor(examples.Count);
        _fullSteps = Math.Max(1, (int)Math.Ceiling((recipe.Epochs * StepsPerEpoch) - 1e-9));
        _reviewRows = Math.Max(1, (int)Math.Round(recipe.ReviewShare * examples.Count));
        _stepsPerReview = StepsFor(_reviewRows);
        TotalSteps = _fullSteps + (recipe.ReviewPasses * _stepsPerReview);
    }

    /// <summary>Gets the steps of a pass over all rows.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Gets the planned steps.</summary>
    public int TotalSteps { get; }

    /// <summary>Gets the planned validations.</summary>
    public int Validations => Enumerable.Range(1, TotalSteps).Count(step => step == TotalSteps || IsValidationDue(step));

    /// <summary>Gets the rows of the present pass, by index, in their order.</summary>
    public int[] Order { get; private set; } = [];

    /// <summary>The rows of a step: every pass has an order of its own, which depends only on the seed and, in a review, on what was hard.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="hardness">How hard every row was; read when a review begins.</param>
    /// <returns>The rows.</returns>
    public TrainingExample[] At(int step, ReadOnlySpan<float> hardness)
    {
        (int pass, int stepOfPass) = PassOf(step);
        if (pass != _pass)
        {
            int[] rows = step < _fullSteps ? [.. Enumerable.Range(0, _examples.Count)] : Hardest(hardness);
            int[] permutation = new SeededRandom(_recipe.Seed + ((ulong)pass * 0x9E3779B97F4A7C15)).Permutation(rows.Length);
            Order = [.. permutation.Select(index => rows[index])];
            _pass = pass;
        }

        int first = stepOfPass * _recipe.BatchSize;
        return [.. Order.AsSpan(first, Math.Min(_recipe.BatchSize, Order.Length - first)).ToArray().Select(index => _examples[index])];
    }

    /// <summary>Takes up an interrupted pass.</summary>
    /// <param name="step">The next step.</param>
    /// <param name="order">The order that the pass of the step before had.</param>
    public void Resume(int step, int[] order)
    {
        if (step > 0)
        {
            _pass = PassOf(step - 1).Pass;
            Order = order;
        }
    }

    /// <summary>Whether a validation is due: so many times in every pass over all rows, its end included, and at the end of every review.</summary>
    /// <param name="stepsDone">The number of steps done.</param>
    /// <returns>True when it is.</returns>
    public bool IsValidationDue(int stepsDone)
    {
        if (stepsDone > _fullSteps)
        {
            return (stepsDone - _fullSteps) % _stepsPerReview == 0;
        }

        // Evenly spread: one more validation is due when step · n / steps passes a whole number.
        long now = (long)stepsDone * _recipe.ValidationsPerEpoch / StepsPerEpoch;
        long before = (stepsDone - 1L) * _recipe.ValidationsPerEpoch / StepsPerEpoch;
        return now > before;
    }

    /// <summary>Splits rows into parts of at most so many tokens; a longer row is a part of its own.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="mostTokens">The tokens of a part.</param>
    /// <returns>The parts in order.</returns>
    public static IEnumerable<IReadOnlyList<TrainingExample>> Split(IEnumerable<TrainingExample> examples, int mostTokens)
    {
        var part = new List<TrainingExample>();
        int tokens = 0;
        foreach (TrainingExample example in examples)
        {
            int length = TokenBatch.InputLength(example);
            if (part.Count > 0 && tokens + length > mostTokens)
            {
                yield return part;
                part = [];
                tokens = 0;
            }

            part.Add(example);
            tokens += length;
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    private int StepsFor(int rows) => (rows + _recipe.BatchSize - 1) / _recipe.BatchSize;

    private (int Pass, int Step) PassOf(int step)
    {
        if (step < _fullSteps)
        {
            return (step / StepsPerEpoch, step % StepsPerEpoch);
        }

        int fullPasses = (_fullSteps + StepsPerEpoch - 1) / StepsPerEpoch;
        return (fullPasses + ((step - _fullSteps) / _stepsPerReview), (step - _fullSteps) % _stepsPerReview);
    }

    private int[] Hardest(ReadOnlySpan<float> hardness)
    {
        float[] values = hardness.ToArray();
        return [.. Enumerable.Range(0, values.Length).OrderByDescending(index => values[index]).Take(_reviewRows).Order()];
    }
}
