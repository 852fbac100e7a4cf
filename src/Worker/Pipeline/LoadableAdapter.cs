using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>A LoRA file that the runtime loads onto the plain model of its plan.</summary>
public sealed class LoadableAdapter : IShippedArtifact
{
    private readonly TrainingPlan _plan;
    private readonly ManifestParts _parts;
    private readonly string _plainModel;
    private readonly EdgeManifestFile _plainFile;
    private string _directory = string.Empty;
    private EdgeManifestFile? _file;
    private TrainedAdapter? _adapter;

    /// <summary>Initializes a new instance of the <see cref="LoadableAdapter"/> class.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parts">Makes manifests.</param>
    /// <param name="cache">The cache, which holds the plain model.</param>
    /// <exception cref="EdgeBuildException">EDGE9001: the plain model was not made before.</exception>
    public LoadableAdapter(TrainingPlan plan, ManifestParts parts, ArtifactCache cache)
    {
        _plan = plan;
        _parts = parts;
        string directory = cache.ModelDirectory(plan.PlainModelKey);
        if (!ArtifactCache.IsComplete(directory))
        {
            throw new EdgeBuildException(
                ErrorCodes.WorkerDefect,
                $"The plain model '{plan.Model}' of the adapter '{plan.Adapter}' is not in the cache any more. Build again: the build makes it first.");
        }

        _plainModel = Path.Combine(directory, plan.Model + ArtifactFiles.ModelSuffix);
        _plainFile = EdgeManifest.Load(Path.Combine(directory, plan.Model + ArtifactFiles.ManifestSuffix)).Files[0];
    }

    /// <inheritdoc/>
    public Task<QuantizationRun.Result> WriteAsync(PendingEntry entry, TrainedAdapter adapter, QuantizationRows rows, CancellationToken cancellationToken)
    {
        _adapter = adapter;
        _directory = entry.Directory;
        string path = entry.PathOf(_plan.FileStem + ArtifactFiles.ModelSuffix);
        File.Copy(adapter.Path, path);
        _file = ManifestParts.Describe(path, cancellationToken);
        using GgufFile written = GgufFile.Open(path);
        return Task.FromResult(new QuantizationRun.Result(new QuantizedFile($"loaded onto {_plan.Model}", QuantizedFile.TypeShare.Of(written), 0, 0, string.Empty), [], null));
    }

    /// <inheritdoc/>
    public MeasuredModel Measured() => new(_plainModel, Manifest([]), _directory);

    /// <inheritdoc/>
    public EdgeManifest Manifest(IReadOnlyList<OutputEvaluation> figures)
    {
        var adapter = new EdgeManifestAdapter
        {
            Name = _plan.Adapter,
            File = _file!,
            ModelSha256 = _plainFile.Sha256,
            Prompts = _parts.CalibratedPrompts(figures),
            Metrics = ManifestParts.Metrics(figures),
            Provenance = _parts.Provenance(_adapter),
        };
        return _parts.Model(_plainFile, _parts.Prompts, [], [adapter], new Dictionary<string, string>());
    }

    /// <inheritdoc/>
    public void Pin(LockFile fragment) => fragment.Adapters[_plan.Adapter] = new LockedAdapter
    {
        Model = _plan.Model,
        ModelKey = _plan.ModelKey,
        AdapterKey = _plan.AdapterKey,
        Sha256 = _file!.Sha256,
    };
}
