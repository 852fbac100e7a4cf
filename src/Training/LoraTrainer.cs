using System.Globalization;
using EdgeBuild.Contracts;
using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>Trains a LoRA adapter on a frozen base model.</summary>
public sealed class LoraTrainer
{
    private readonly BaseModel _model;
    private readonly LoraAdapter _start;
    private readonly TrainingRecipe _recipe;

    /// <summary>Initializes a new instance of the <see cref="LoraTrainer"/> class.</summary>
    /// <param name="model">The base model.</param>
    /// <param name="start">The adapter to start from: a fresh one, or that of an earlier training. It is not changed.</param>
    /// <param name="recipe">The settings. Rank, α and target modules are those of <paramref name="start"/>.</param>
    /// <exception cref="EdgeBuildException">EDGE2003: a setting is out of range.</exception>
    public LoraTrainer(BaseModel model, LoraAdapter start, TrainingRecipe recipe)
    {
        recipe.Validate();
        _model = model;
        _start = start;
        _recipe = recipe;
    }

    /// <summary>Gets how the run keeps within memory; null for <see cref="MemoryPlan.Default"/>.</summary>
    public MemoryPlan? Memory { get; init; }

    /// <summary>Gets what receives every step, or null.</summary>
    public ITrainingLog? Log { get; init; }

    /// <summary>Gets what is called when every row was trained on once; never with less than one epoch, nor in a run that is resumed later than that.</summary>
    public Action<FirstPass>? AfterFirstPass { get; init; }

    private MemoryPlan ChosenMemory => Memory ?? MemoryPlan.Default(_model.Configuration, _model.ComputeType);

    /// <summary>Trains.</summary>
    /// <param name="training">The rows to learn from.</param>
    /// <param name="validation">The rows that decide which state is kept; may be empty.</param>
    /// <param name="progress">Receives the state at least once a second, on any thread.</param>
    /// <param name="checkpoints">Where an interrupted run goes on, or null.</param>
    /// <param name="cancellationToken">Stops within a block of the model.</param>
    /// <returns>The adapter and the course of the run.</returns>
    /// <exception cref="EdgeBuildException">
    /// EDGE1106: there are no rows. EDGE2001: the loss is not a number. EDGE2005: a row is longer than the model's context.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public TrainingResult Run(
        IReadOnlyList<TrainingExample> training,
        IReadOnlyList<TrainingExample> validation,
        IProgress<TrainingProgress>? progress = null,
        CheckpointStore? checkpoints = null,
        CancellationToken cancellationToken = default)
    {
        if (training.Count == 0)
        {
            throw new EdgeBuildException(ErrorCodes.TooFewRows, "There are no rows to train on. Add rows to the Train split of the dataset.");
        }

        foreach (TrainingExample example in training.Concat(validation))
        {
            Check(example);
        }

        using IDisposable noGradient = no_grad();
        using var run = new TrainingRun(_model, _start, _recipe, training, validation, checkpoints, ChosenMemory) { AfterFirstPass = AfterFirstPass };
        return run.Execute(progress, Log, cancellationToken);
    }

    /// <summary>Computes the loss of rows without training, for example of the base model before it.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellationToken">Stops within a block of the model.</param>
    /// <returns>Cross entropy per completion token, in nats.</returns>
    public double Loss(IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken = default) =>
        Measure(examples, validator => validator.Loss(examples, cancellationToken).Loss);

    /// <summary>Computes the loss of each row without training.</summary>
    /// <param name="examples">The rows.</param>
    /// <param name="cancellationToken">Stops within a block of the model.</param>
    /// <returns>Weighted cross entropy, summed over the labels of each row, or over its completion when no label head answers it, in nats.</returns>
    public double[] Losses(IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken = default) =>
        Measure(examples, validator => validator.Losses(examples, cancellationToken));

    private T Measure<T>(IReadOnlyList<TrainingExample> examples, Func<Validator, T> measure)
    {
        foreach (TrainingExample example in examples)
        {
            Check(example);
        }

        using IDisposable noGradient = no_grad();
        using var state = new LoraState(_model, _start, training: false);
        using var validator = new Validator(_model, state, _recipe.BatchSize, ChosenMemory.TokensPerPass, _recipe.TokenLossWeight);
        return measure(validator);
    }

    private void Check(TrainingExample example)
    {
        if (example.PromptTokens.Length == 0 || example.CompletionTokens.Length == 0)
        {
            throw new ArgumentException("An example needs at least one prompt token and one completion token.", nameof(example));
        }

        if (example.CompletionWeights is { } weights && (weights.Length != example.CompletionTokens.Length || weights.Any(weight => !float.IsFinite(weight) || weight < 0)))
        {
            throw new ArgumentException("An example needs one weight of 0 or above for each completion token.", nameof(example));
        }

        if (example.PromptTokens.Concat(example.CompletionTokens).Any(token => (uint)token >= (uint)_model.Configuration.VocabularySize))
        {
            throw new ArgumentException("A token is not in the vocabulary of the base model.", nameof(example));
        }

        int length = TokenBatch.InputLength(example);
        if (length > _model.Configuration.ContextLength)
        {
            throw new EdgeBuildException(
                ErrorCodes.ContextExceeded,
                string.Create(CultureInfo.InvariantCulture, $"A row has {length} tokens, the base model reads {_model.Configuration.ContextLength}. Lower metadata.edge.maxInputTokens of the prompt, or shorten the row."));
        }
    }
}
