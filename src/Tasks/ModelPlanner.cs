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
    /// <summary>Plans one model.</summary>
    /// <returns>The plan, or null when the data has errors.</returns>
    public TrainingPlan? Plan(ModelDefinition definition)
    {
        var prompts = new List<PlannedPrompt>();
        var keyParts = new List<PromptKeyParts>();
        bool valid = true;
        foreach (PromptDefinition prompt in definition.Prompts)
        {
            var rows = new KeyedRows();
            DatasetValidation validation = DatasetValidator.Validate(prompt.Document, prompt.Datasets, LockedLabels(prompt.Document), row =>
            {
                if (row.Split != DatasetSplits.Test)
                {
                    rows.Add(row);
                }
            });
            foreach (Diagnostic finding in validation.Diagnostics)
            {
                report(finding);
            }

            if (validation.HasErrors)
            {
                valid = false;
                continue;
            }

            string hash = CompiledPrompt.ComputeHash(prompt.Document, LabelSet.From(prompt.Document, validation.Labels));
            keyParts.Add(new PromptKeyParts(prompt.Document.Name, hash, validation.TestRowsHash.Length > 0, rows));
            prompts.Add(new PlannedPrompt
            {
                Name = prompt.Document.Name,
                Path = prompt.Path,
                DisplayPath = prompt.DisplayPath,
                Labels = validation.Labels,
                Datasets = prompt.Datasets,
                TestRowsHash = validation.TestRowsHash,
            });
        }

        return valid ? Create(definition, prompts, keyParts) : null;
    }

    /// <summary>Finds the prompts that were changed after the model of the lock file was trained.</summary>
    public IEnumerable<Diagnostic> FindStale(ModelDefinition definition) => definition.Prompts
        .Select(prompt => StaleLock.Find(
            prompt.Document,
            LabelSet.From(prompt.Document, LockedLabels(prompt.Document)),
            lockFile.Prompts.TryGetValue(prompt.Document.Name, out string? hash) ? hash : null))
        .OfType<Diagnostic>();

    private TrainingPlan Create(ModelDefinition definition, IReadOnlyList<PlannedPrompt> prompts, IEnumerable<PromptKeyParts> keyParts)
    {
        PlannedBase model = definition.Base.Sha256.Length > 0 ? definition.Base : definition.Base with { Sha256 = ContentKey.OfFile(definition.Base.Path) };
        string adapterKey = ModelKeys.Adapter(model.Sha256, definition.Recipe, keyParts);
        lockFile.Models.TryGetValue(definition.Name, out LockedModel? locked);
        return new TrainingPlan
        {
            Model = definition.Name,
            AdapterKey = adapterKey,
            ModelKey = ModelKeys.Model(adapterKey, definition.Quantization, definition.Name),
            ParentAdapterKey = locked is not null && locked.AdapterKey != adapterKey && locked.BaseSha256 == model.Sha256 ? locked.AdapterKey : string.Empty,
            Quantization = definition.Quantization,
            CacheDirectory = settings.CacheDirectory,
            Base = model,
            Recipe = definition.Recipe,
            Gates = definition.Gates,
            Prompts = prompts,
            LastAccuracy = LastAccuracy(prompts),
            MaxTrainingMinutes = settings.MaxTrainingMinutes,
            Threads = settings.Threads,
            MaxMemory = settings.MaxMemory,
            CacheLimit = settings.CacheLimit,
            Offline = settings.Offline,
        };
    }

    private Dictionary<string, IReadOnlyList<string>> LockedLabels(PromptDocument document) => document.Outputs
        .Where(output => lockFile.Labels.ContainsKey(LockFile.OutputKey(document.Name, output.Name)))
        .ToDictionary(output => output.Name, output => lockFile.Labels[LockFile.OutputKey(document.Name, output.Name)], StringComparer.Ordinal);

    /// <summary>The figures that the next one may be compared with: those of the same test rows.</summary>
    private Dictionary<string, double> LastAccuracy(IReadOnlyList<PlannedPrompt> prompts)
    {
        var result = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (PlannedPrompt prompt in prompts.Where(prompt => prompt.TestRowsHash.Length > 0))
        {
            foreach (KeyValuePair<string, LockedMetric> metric in MetricsOf(lockFile, prompt.Name))
            {
                if (metric.Value.RowsHash == prompt.TestRowsHash)
                {
                    result[metric.Key] = metric.Value.Accuracy;
                }
            }
        }

        return result;
    }

    internal static IEnumerable<KeyValuePair<string, LockedMetric>> MetricsOf(LockFile file, string prompt) =>
        file.Metrics.Where(entry => entry.Key.StartsWith(LockFile.OutputKey(prompt, string.Empty), StringComparison.Ordinal));
}
