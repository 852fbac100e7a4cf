using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>One quantized GGUF file with the adapter merged in.</summary>
/// <param name="plan">The plan.</param>
/// <param name="parts">Makes manifests.</param>
/// <param name="prompts">The prompts of the plan.</param>
public sealed class MergedModel(TrainingPlan plan, ManifestParts parts, IReadOnlyList<TrainedPrompt> prompts) : IShippedArtifact
{
    private string _path = string.Empty;
    private string? _quantization;
    private EdgeManifestFile? _file;
    private TrainedAdapter? _adapter;

    /// <inheritdoc/>
    public async Task<QuantizationRun.Result> WriteAsync(PendingEntry entry, TrainedAdapter adapter, QuantizationRows rows, CancellationToken cancellationToken)
    {
        _adapter = adapter;
        _path = entry.PathOf(plan.FileStem + ArtifactFiles.ModelSuffix);
        QuantizationRun.Result made = await new QuantizationRun(plan, adapter.Path, rows).RunAsync(_path, cancellationToken);
        if (await HeadRefitStage.RunAsync(
            _path, made.File.Quantization, rows.Learned, some => rows.Answer(_path, some, "fitting label heads to the rounded weights"), cancellationToken) is { } heads)
        {
            rows.Message($"{plan.Name}: {(heads.Count > 0 ? $"label heads fitted to the rounded weights: {string.Join(", ", heads)}" : "rounding asks for no other label heads")}");
        }

        _quantization = made.File.Quantization;
        _file = ManifestParts.Describe(_path, cancellationToken);
        return made;
    }

    /// <inheritdoc/>
    public MeasuredModel Measured() => new(_path, Manifest([]));

    /// <inheritdoc/>
    public EdgeManifest Manifest(IReadOnlyList<OutputEvaluation> figures) =>
        parts.Model(_file!, parts.CalibratedPrompts(figures), figures, [], parts.Provenance(_adapter, _quantization));

    /// <inheritdoc/>
    public void Pin(LockFile fragment) => LockFragment.AddModel(fragment, plan, _file!.Sha256, prompts);
}
