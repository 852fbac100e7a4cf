using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Contracts.Plans;

/// <summary><c>plan.json</c>: all that the worker must know to make one artifact. Written by the tasks, read by the worker.</summary>
public sealed record TrainingPlan
{
    /// <summary>The version of the format.</summary>
    public const int ContractVersion = 2;

    /// <summary>Gets what is made.</summary>
    public ArtifactKind Kind { get; init; }

    /// <summary>Gets the model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the adapter's name; that of the model for the adapter of calls that name none. Empty when no adapter is made.</summary>
    public string Adapter { get; init; } = string.Empty;

    /// <summary>Gets the key of the adapter; empty for a plain model.</summary>
    public required string AdapterKey { get; init; }

    /// <summary>Gets the key of the artifact.</summary>
    public required string ModelKey { get; init; }

    /// <summary>Gets the key of the plain model that an adapter is measured with; empty when no adapter is made.</summary>
    public string PlainModelKey { get; init; } = string.Empty;

    /// <summary>Gets the adapter key of the last build, to start from when it is in the cache; empty for none.</summary>
    public required string ParentAdapterKey { get; init; }

    /// <summary>Gets the key of the model of the lock file, to be compared with; empty for none.</summary>
    public string LastModelKey { get; init; } = string.Empty;

    /// <summary>Gets the price of a million tokens of a hosted model, to be compared with in the report; 0 for none.</summary>
    public double TokenPrice { get; init; }

    /// <summary>Gets <c>Auto</c>, <c>Base</c> or the name of a llama.cpp type.</summary>
    public required string Quantization { get; init; }

    /// <summary>Gets the cache folder.</summary>
    public required string CacheDirectory { get; init; }

    /// <summary>Gets the base model.</summary>
    public required PlannedBase Base { get; init; }

    /// <summary>Gets the recipe.</summary>
    public required PlannedRecipe Recipe { get; init; }

    /// <summary>Gets the gates.</summary>
    public required PlannedGates Gates { get; init; }

    /// <summary>Gets the prompts.</summary>
    public required IReadOnlyList<PlannedPrompt> Prompts { get; init; }

    /// <summary>Gets the accuracy of the last shipped file by <c>prompt/output</c>, where it was measured on the same test rows.</summary>
    public required IReadOnlyDictionary<string, double> LastAccuracy { get; init; }

    /// <summary>Gets the longest training in minutes; 0 for no limit.</summary>
    public required double MaxTrainingMinutes { get; init; }

    /// <summary>Gets the number of threads; 0 chooses by the machine.</summary>
    public required int Threads { get; init; }

    /// <summary>Gets the memory that the training may take, in bytes; 0 for that of the machine.</summary>
    public long MaxMemory { get; init; }

    /// <summary>Gets the size to which the cache is pruned after a training, in bytes; 0 for no limit.</summary>
    public long CacheLimit { get; init; }

    /// <summary>Gets the number of threads that the project sets; null when the machine decides.</summary>
    public int? ThreadLimit => Threads > 0 ? Threads : null;

    /// <summary>Gets a value indicating whether nothing may be fetched.</summary>
    public required bool Offline { get; init; }

    /// <summary>Gets the name of what is made, for people.</summary>
    public string Name => Kind == ArtifactKind.Adapter ? Adapter : Model;

    /// <summary>Gets the name that the files of the artifact begin with.</summary>
    public string FileStem => Kind == ArtifactKind.Adapter ? ArtifactFiles.AdapterStem(Adapter) : Model;

    /// <summary>The key of an output's figures in the lock file.</summary>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="output">The output's name; empty for what the keys of all outputs of the prompt begin with.</param>
    /// <returns>The key.</returns>
    public string MetricKey(string prompt, string output) => LockFile.MetricKey(Adapter == Model ? string.Empty : Adapter, prompt, output);

    /// <summary>Reads a plan.</summary>
    /// <param name="text">The text of plan.json.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="EdgeBuildException">EDGE9001: the plan is damaged or of another version.</exception>
    public static TrainingPlan Parse(string text) => TrainingPlanFormat.Read(text);

    /// <summary>Writes the plan.</summary>
    /// <returns>JSON.</returns>
    public string ToText() => TrainingPlanFormat.Write(this);
}
