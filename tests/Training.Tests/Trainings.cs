namespace EdgeBuild.Training.Tests;

/// <summary>A short training of a small task on a tiny model.</summary>
internal sealed class Trainings : IDisposable
{
    public Trainings(string name = "smollm2", ComputeType type = ComputeType.Float32)
    {
        Fixture = Fixture.Open(name);
        Model = Fixture.Load(type);
    }

    public Fixture Fixture { get; }

    public BaseModel Model { get; }

    public TrainingExample[] Rows { get; init; } = Scenarios.Task(20, seed: 1);

    public TrainingExample[] Validation { get; init; } = Scenarios.Task(6, seed: 2);

    public TrainingRecipe Recipe { get; set; } = new() { Rank = 4, Alpha = 8, BatchSize = 4, Epochs = 3, LearningRate = 5e-3, WeightDecay = 0.01, ValidationsPerEpoch = 2 };

    public ulong AdapterSeed { get; init; } = 1;

    /// <summary>A training whose validation rows want an answer that it unlearns, so that the loss is lowest at the first validation.</summary>
    public static Trainings ThatGetsWorse(int patience)
    {
        var training = new Trainings { Validation = [.. Scenarios.Task(4, seed: 2).Select(row => new TrainingExample(row.PromptTokens, [400]))] };
        training.Recipe = training.Recipe with { ValidationsPerEpoch = 5, Patience = patience };
        return training;
    }

    public TrainingResult Run(CheckpointStore? checkpoints = null, IProgress<TrainingProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        using LoraAdapter start = LoraAdapter.Create(Model, Recipe.Rank, Recipe.Alpha, AdapterSeed, Recipe.TargetModules);
        return new LoraTrainer(Model, start, Recipe).Run(Rows, Validation, progress, checkpoints, cancellationToken);
    }

    /// <summary>The trained values; the adapter is disposed of.</summary>
    public float[] Adapter(CheckpointStore? checkpoints = null) => ValuesOf(Run(checkpoints));

    /// <summary>A run that is cancelled after a step.</summary>
    public StepObserver CancelAfter(int step, CheckpointStore? checkpoints)
    {
        using var cancellation = new CancellationTokenSource();
        var observer = new StepObserver(progress =>
        {
            if (progress.Step >= step)
            {
                cancellation.Cancel();
            }
        });
        Assert.Throws<OperationCanceledException>(() => Run(checkpoints, observer, cancellation.Token));
        return observer;
    }

    public static float[] ValuesOf(TrainingResult result)
    {
        using LoraAdapter adapter = result.Adapter;
        return adapter.ToArray();
    }

    public void Dispose() => Model.Dispose();
}
