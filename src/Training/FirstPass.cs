namespace EdgeBuild.Training;

/// <summary>
/// What a run knows when it has seen every row once: how hard the rows were, and a model that has learned from all of them but has not yet had
/// the time to learn wrong ones by heart.
/// </summary>
public sealed class FirstPass
{
    private readonly Validator _validator;
    private readonly CancellationToken _cancellationToken;

    internal FirstPass(IReadOnlyList<float> hardness, Validator validator, CancellationToken cancellationToken)
    {
        Hardness = hardness;
        _validator = validator;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Gets for each row its loss before it was trained on, relative to the mean of the steps around it.</summary>
    public IReadOnlyList<float> Hardness { get; }

    /// <summary>Computes losses with the adapter as it is now. Examples with a common beginning, as answers to one prompt, cost little more than one.</summary>
    /// <param name="examples">The examples.</param>
    /// <returns>Σ weight · −log p(label) over the labels of each, or Σ weight · −log p(token) over its completion when no label head answers it.</returns>
    public double[] Losses(IReadOnlyList<TrainingExample> examples) => _validator.Losses(examples, _cancellationToken);

    /// <summary>Computes what the label heads answer with the adapter as it is now: one look at a row tells the probabilities of all labels.</summary>
    /// <param name="examples">The examples.</param>
    /// <returns>For each example, and each of its <see cref="TrainingExample.Labels"/> in their order, the probability of every label of the head.</returns>
    public IReadOnlyList<IReadOnlyList<float[]>> LabelProbabilities(IReadOnlyList<TrainingExample> examples) => _validator.LabelProbabilities(examples, _cancellationToken);
}
