using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;

namespace EdgeBuild.Tasks;

/// <summary>Reads and validates the data of a model and computes its keys.</summary>
/// <param name="settings">The project's settings.</param>
/// <param name="lockFile">The lock file, empty when there is none.</param>
/// <param name="report">Receives the findings.</param>
internal sealed class ModelPlanner(PlanSettings settings, LockFile lockFile, Action<Diagnostic> report)
{
    /// <summary>Plans one model: its file, and the adapters of a plain one.</summary>
    /// <returns>The plans in the order in which they must run; empty when the data has errors.</returns>
    public IReadOnlyList<TrainingPlan> Plan(ModelDefinition definition) => definition.Adapters is { } adapters
        ? PlanPlain(definition, adapters)
        : Read(definition.Prompts, ofAdapter: false) is { } prompts ? [PlanMerged(definition, prompts)] : [];

    /// <summary>Finds the prompts that were changed after the model of the lock file was trained.</summary>
    public IEnumerable<Diagnostic> FindStale(ModelDefinition definition) => definition.Prompts
        .Select(prompt => StaleLock.Find(
            prompt.Document,
            LabelSet.From(prompt.Document, LockedLabels(prompt.Document)),
            lockFile.Prompts.TryGetValue(prompt.Document.Name, out string? hash) ? hash : null))
        .OfType<Diagnostic>();

    private TrainingPlan PlanMerged(ModelDefinition definition, IReadOnlyList<ReadPrompt> prompts)
    {
        PlannedBase model = Pinned(definition.Base);
        string adapterKey = ModelKeys.Adapter(model.Sha256, definition.Recipe, prompts.Select(prompt => prompt.KeyParts(prompt.Validation.Labels)));
        lockFile.Models.TryGetValue(definition.Name, out LockedModel? locked);
        return Create(definition, model, [.. prompts.Select(prompt => prompt.Plan(prompt.Validation.Labels))]) with
        {
            AdapterKey = adapterKey,
            ModelKey = ModelKeys.Model(adapterKey, definition.Quantization, definition.Gates, definition.Name),
            ParentAdapterKey = Parent(locked?.AdapterKey, adapterKey, definition, model),
            LastModelKey = locked?.ModelKey ?? string.Empty,
        };
    }

    private IReadOnlyList<TrainingPlan> PlanPlain(ModelDefinition definition, IReadOnlyList<AdapterDefinition> adapters)
    {
        PlannedBase model = Pinned(definition.Base);
        (AdapterDefinition Adapter, List<ReadPrompt>? Prompts)[] read = [.. adapters.Select(adapter => (adapter, Read(adapter.Prompts, ofAdapter: true)))];
        ILookup<string, ReadPrompt> byPrompt = read.SelectMany(entry => entry.Prompts ?? []).ToLookup(prompt => prompt.Definition.Document.Name, StringComparer.Ordinal);

        // A prompt that no adapter has rows of is reported as any other without rows.
        bool complete = Read([.. definition.Prompts.Where(prompt => !adapters.SelectMany(adapter => adapter.Prompts).Any(other => other.Path == prompt.Path))], ofAdapter: false) is not null;
        if (!complete || read.Any(entry => entry.Prompts is null))
        {
            return [];
        }

        // One client serves all adapters, so the labels of a prompt are those of all of them.
        var labels = definition.Prompts.ToDictionary(
            prompt => prompt.Document.Name, prompt => AllLabels(prompt.Document, [.. byPrompt[prompt.Document.Name]]), StringComparer.Ordinal);
        PlannedPrompt[] described = [.. definition.Prompts.Select(prompt => ReadPrompt.Without(prompt).Plan(labels[prompt.Document.Name]))];
        string plainKey = ModelKeys.Plain(
            model.Sha256, definition.Quantization, definition.Name, definition.Prompts.Select(prompt => ReadPrompt.Without(prompt).KeyParts(labels[prompt.Document.Name])));
        TrainingPlan plain = Create(definition, model, described) with { Kind = ArtifactKind.PlainModel, ModelKey = plainKey };
        return
        [
            plain,
            .. read.Select(entry =>
            {
                string adapterKey = ModelKeys.Adapter(
                    model.Sha256, entry.Adapter.Recipe, entry.Prompts!.Select(prompt => prompt.KeyParts(labels[prompt.Definition.Document.Name])));
                lockFile.Adapters.TryGetValue(entry.Adapter.Name, out LockedAdapter? locked);
                TrainingPlan plan = Create(definition, model, [.. entry.Prompts!.Select(prompt => prompt.Plan(labels[prompt.Definition.Document.Name]))]) with
                {
                    Kind = ArtifactKind.Adapter,
                    Adapter = entry.Adapter.Name,
                    AdapterKey = adapterKey,
                    ModelKey = ModelKeys.AdapterFile(adapterKey, plainKey, entry.Adapter.Name),
                    PlainModelKey = plainKey,
                    ParentAdapterKey = Parent(locked?.AdapterKey, adapterKey, definition, model),
                    LastModelKey = locked?.ModelKey ?? string.Empty,
                    Recipe = entry.Adapter.Recipe,
                    Gates = entry.Adapter.Gates,
                };
                return plan with { LastAccuracy = LastAccuracy(plan) };
            }),
        ];
    }

    private TrainingPlan Create(ModelDefinition definition, PlannedBase model, IReadOnlyList<PlannedPrompt> prompts)
    {
        var plan = new TrainingPlan
        {
            Model = definition.Name,
            AdapterKey = string.Empty,
            ModelKey = string.Empty,
            ParentAdapterKey = string.Empty,
            Quantization = definition.Quantization,
            CacheDirectory = settings.CacheDirectory,
            Base = model,
            Recipe = definition.Recipe,
            Gates = definition.Gates,
            TokenPrice = definition.TokenPrice,
            Prompts = prompts,
            LastAccuracy = new Dictionary<string, double>(StringComparer.Ordinal),
            MaxTrainingMinutes = settings.MaxTrainingMinutes,
            Threads = settings.Threads,
            MaxMemory = settings.MaxMemory,
            CacheLimit = settings.CacheLimit,
            Offline = settings.Offline,
        };
        return plan with { LastAccuracy = LastAccuracy(plan) };
    }

    private static PlannedBase Pinned(PlannedBase model) => model.Sha256.Length > 0 ? model : model with { Sha256 = ContentKey.OfFile(model.Path) };

    private string Parent(string? lockedKey, string adapterKey, ModelDefinition definition, PlannedBase model) =>
        lockedKey is not null && lockedKey != adapterKey && lockFile.Models.TryGetValue(definition.Name, out LockedModel? locked) && locked.BaseSha256 == model.Sha256
            ? lockedKey
            : string.Empty;

    private Dictionary<string, IReadOnlyList<string>> AllLabels(PromptDocument document, ReadPrompt[] parts)
    {
        Dictionary<string, IReadOnlyList<string>> locked = LockedLabels(document);
        return parts.SelectMany(part => part.Validation.Labels).GroupBy(entry => entry.Key, StringComparer.Ordinal).ToDictionary(
            output => output.Key,
            output =>
            {
                IReadOnlyList<string> declared = document.Outputs.First(candidate => candidate.Name == output.Key).EnumValues;
                IReadOnlyList<string> frozen = declared.Count > 0 ? declared : locked.TryGetValue(output.Key, out IReadOnlyList<string>? known) ? known : [];
                return LabelSet.Append(frozen, output.SelectMany(entry => entry.Value));
            },
            StringComparer.Ordinal);
    }

    private List<ReadPrompt>? Read(IReadOnlyList<PromptDefinition> prompts, bool ofAdapter)
    {
        var read = new List<ReadPrompt>();
        bool valid = true;
        foreach (PromptDefinition prompt in prompts)
        {
            var rows = new KeyedRows();
            DatasetValidation validation = DatasetValidator.Validate(prompt.Document, prompt.Datasets, LockedLabels(prompt.Document), row =>
            {
                if (row.Split != DatasetSplits.Test)
                {
                    rows.Add(row);
                }
            });

            // A customer need not have rows of every label that another one has.
            foreach (Diagnostic finding in validation.Diagnostics.Where(finding => !ofAdapter || finding.Code != ErrorCodes.LabelWithoutRows))
            {
                report(finding);
            }

            valid &= !validation.HasErrors;
            read.Add(new ReadPrompt(prompt, validation, rows));
        }

        return valid ? read : null;
    }

    private Dictionary<string, IReadOnlyList<string>> LockedLabels(PromptDocument document) => document.Outputs
        .Where(output => lockFile.Labels.ContainsKey(LockFile.OutputKey(document.Name, output.Name)))
        .ToDictionary(output => output.Name, output => lockFile.Labels[LockFile.OutputKey(document.Name, output.Name)], StringComparer.Ordinal);

    /// <summary>The figures that the next one may be compared with: those of the same test rows.</summary>
    private Dictionary<string, double> LastAccuracy(TrainingPlan plan) => plan.Prompts
        .Where(prompt => prompt.TestRowsHash.Length > 0)
        .SelectMany(prompt => new PlannedFigures(plan, lockFile).Of(prompt).Where(metric => metric.Value.RowsHash == prompt.TestRowsHash))
        .ToDictionary(metric => metric.Key, metric => metric.Value.Score, StringComparer.Ordinal);
}
