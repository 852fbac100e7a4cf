using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Pipeline;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// All that was measured of one model (<c>metrics.json</c> of its cache entry): the report is drawn from it, and the next version is compared with it
/// row by row. It names rows by file, line and hash; answers of free text are in it, so it stays in the cache as the report does.
/// </summary>
public sealed record EvaluationRecord
{
    /// <summary>The file's name.</summary>
    public const string FileName = "metrics.json";

    private const int CurrentVersion = 1;

    /// <summary>Gets how records are written.</summary>
    public static JsonSerializerOptions JsonOptions { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Gets the version of the format.</summary>
    public int Version { get; init; } = CurrentVersion;

    /// <summary>Gets the model's name.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the model's key.</summary>
    public required string ModelKey { get; init; }

    /// <summary>Gets when it was measured.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Gets what the quantization has made.</summary>
    public required QuantizedFile File { get; init; }

    /// <summary>Gets the size of the file.</summary>
    public required long Size { get; init; }

    /// <summary>Gets the answers of the file that ships, to all test rows.</summary>
    public required IReadOnlyList<OutputEvaluation> Shipped { get; init; }

    /// <summary>Gets the others that were measured, some on a part of the rows.</summary>
    public required IReadOnlyList<EvaluationSet> Others { get; init; }

    /// <summary>Gets the types that an automatic quantization has tried; else empty.</summary>
    public IReadOnlyList<QuantizationTrial> Trials { get; init; } = [];

    /// <summary>Gets what an app may make of the probabilities.</summary>
    public IReadOnlyList<OutputConfidence> Confidence { get; init; } = [];

    /// <summary>Gets the mean number of tokens of an answer, by the prompt's name.</summary>
    public IReadOnlyDictionary<string, double> AnswerTokens { get; init; } = new Dictionary<string, double>();

    /// <summary>Gets the loss curve.</summary>
    public IReadOnlyList<LossPoint> Losses { get; init; } = [];

    /// <summary>Gets the training rows whose label looked wrong.</summary>
    public IReadOnlyList<SuspectedLabel> Suspects { get; init; } = [];

    /// <summary>Gets the validation rows whose label looked wrong.</summary>
    public IReadOnlyList<SuspectedLabel> ValidationSuspects { get; init; } = [];

    /// <summary>Gets the validation and test rows whose label looked wrong, which the model never learned from.</summary>
    [JsonIgnore]
    public IReadOnlyList<SuspectedLabel> HeldOutSuspects => [.. ValidationSuspects, .. Shipped.SelectMany(HeldOutLabels.Suspect)];

    /// <summary>Gets facts of the run, in the order of display.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>Gets a value indicating whether the test rows were held back from the training data for want of a Test dataset.</summary>
    public bool HeldBackTestRows { get; init; }

    /// <summary>Gets how good an ordinary classifier is by the number of training rows; empty until it was asked for.</summary>
    public IReadOnlyList<DataSizePoint> DataSizes { get; init; } = [];

    /// <summary>Finds a set.</summary>
    /// <param name="name">A name of <see cref="EvaluationSet"/>.</param>
    /// <returns>Its outputs, or null when it was not measured.</returns>
    public IReadOnlyList<OutputEvaluation>? Find(string name) => Others.FirstOrDefault(set => set.Name == name)?.Outputs;

    /// <summary>Reads the record of an entry.</summary>
    /// <param name="directory">The entry of a model.</param>
    /// <returns>The record, or null when there is none of this version.</returns>
    public static EvaluationRecord? Read(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            return System.IO.File.Exists(path) && JsonSerializer.Deserialize<EvaluationRecord>(System.IO.File.ReadAllText(path), JsonOptions) is { Version: CurrentVersion } record
                ? record
                : null;
        }
        catch (JsonException)
        {
            // A record of another version, or a damaged one, is none: there is then nothing to compare with.
            return null;
        }
    }

    /// <summary>Reads the record of the model that a plan's lock file names, to compare with.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="plan">The plan.</param>
    /// <returns>The record; null when it is the very model of the plan, or not in the cache.</returns>
    public static EvaluationRecord? ReadPrevious(ArtifactCache cache, TrainingPlan plan) =>
        plan.LastModelKey.Length > 0 && plan.LastModelKey != plan.ModelKey ? Read(cache.ModelDirectory(plan.LastModelKey)) : null;

    /// <summary>Writes the record.</summary>
    /// <param name="directory">The entry.</param>
    public void Write(string directory) =>
        AtomicFile.Write(Path.Combine(directory, FileName), stream => JsonSerializer.Serialize(stream, this, JsonOptions));
}
