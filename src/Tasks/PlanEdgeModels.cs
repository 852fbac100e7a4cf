using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using LockedState = EdgeBuild.Contracts.Locking.LockFile;

namespace EdgeBuild.Tasks;

/// <summary>Checks the items and every row of the datasets, computes the content keys, and decides which models must be trained.</summary>
public sealed class PlanEdgeModels : WorkerTask
{
    /// <summary>Gets or sets the EdgeBase items.</summary>
    public ITaskItem[] Bases { get; set; } = [];

    /// <summary>Gets or sets the EdgeModel items.</summary>
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>Gets or sets the EdgePrompt items.</summary>
    public ITaskItem[] Prompts { get; set; } = [];

    /// <summary>Gets or sets the EdgeDataset items.</summary>
    public ITaskItem[] Datasets { get; set; } = [];

    /// <summary>Gets or sets the EdgeAdapter items.</summary>
    public ITaskItem[] Adapters { get; set; } = [];

    /// <summary>Gets or sets <c>Auto</c>, <c>Locked</c> or <c>Never</c>.</summary>
    [Required]
    public string Mode { get; set; } = string.Empty;

    /// <summary>Gets or sets the cache folder.</summary>
    [Required]
    public string CacheDirectory { get; set; } = string.Empty;

    /// <summary>Gets or sets the path of the lock file.</summary>
    [Required]
    public string LockFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the folder of the plans.</summary>
    [Required]
    public string IntermediateDirectory { get; set; } = string.Empty;

    /// <summary>Gets or sets a value indicating whether nothing may be fetched.</summary>
    public bool Offline { get; set; }

    /// <summary>Gets or sets the longest training in minutes; 0 for no limit.</summary>
    public string MaxTrainingMinutes { get; set; } = "0";

    /// <summary>Gets or sets the number of threads; 0 chooses by the machine.</summary>
    public string Threads { get; set; } = "0";

    /// <summary>Gets or sets the most memory that a training may take, for example <c>8GB</c>; empty for that of the machine.</summary>
    public string MaxMemory { get; set; } = string.Empty;

    /// <summary>Gets or sets the size that the cache may have, for example <c>20GB</c>; empty for no limit.</summary>
    public string CacheLimit { get; set; } = string.Empty;

    /// <summary>Gets the models and adapters; metadata of <see cref="PlannedArtifact"/>, <c>PlanFile</c>.</summary>
    [Output]
    public ITaskItem[] PlannedModels { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            PlannedModels = [.. Plan()];
        }
        catch (EdgeBuildException exception)
        {
            Report(exception.ToDiagnostic());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Report(StorageDiagnostic.From(exception, ProjectFile));
        }

        return !Log.HasLoggedErrors && !IsCancelled;
    }

    private List<ITaskItem> Plan()
    {
        TrainingMode mode = ReadMode();
        double minutes = ReadNumber(nameof(MaxTrainingMinutes), MaxTrainingMinutes);
        int threads = (int)ReadNumber(nameof(Threads), Threads);
        LockedState lockFile = File.Exists(LockFile) ? LockedState.Parse(LockFile, File.ReadAllText(LockFile)) : new LockedState();
        if (mode == TrainingMode.Never)
        {
            return [.. Models.SelectMany(model => FromLock(model.ItemSpec, Decision(mode, OriginOf(model.ItemSpec, string.Empty, null)), lockFile))];
        }

        IReadOnlyList<ModelDefinition> definitions = new ProjectReader(new ProjectItems(ProjectFile, Bases, Models, Prompts, Datasets, Adapters), Report).Read();
        if (!Log.HasLoggedErrors)
        {
            var pins = new BasePins(lockFile, Bases, new ItemOrigin(ProjectFile), mode == TrainingMode.Locked ? null : FetchBase);
            definitions = [.. definitions.Select(definition => definition with { Base = pins.Pin(definition.Base) })];
        }

        if (Log.HasLoggedErrors || IsCancelled)
        {
            return [];
        }

        var planner = new ModelPlanner(new PlanSettings(CacheDirectory, Offline, minutes, threads, ReadSize(nameof(MaxMemory), MaxMemory), ReadSize(nameof(CacheLimit), CacheLimit)), lockFile, Report);

        if (mode == TrainingMode.Locked)
        {
            // The build stops before the compiler, and so the generator, could say why nothing fits.
            foreach (Diagnostic finding in definitions.SelectMany(planner.FindStale))
            {
                Report(finding);
            }
        }

        // All data is checked before the first training starts.
        TrainingPlan[] plans = [.. definitions.SelectMany(planner.Plan)];
        return Log.HasLoggedErrors ? [] : [.. plans.Select(plan => Decide(plan, lockFile, mode))];
    }

    private TaskItem Decide(TrainingPlan plan, LockedState lockFile, TrainingMode mode)
    {
        ModelOrigin origin = OriginOf(plan.Model, plan.Adapter, plan.Base);
        string action = Decision(mode, origin).Decide(plan, lockFile);
        if (action == PlanDecision.Cached)
        {
            RepeatWarnings(CachedModel.Of(plan.CacheDirectory, plan.ModelKey, plan.FileStem), origin);
        }

        return ToItem(plan, action, origin);
    }

    /// <summary>What the training has warned of holds for every build that ships its result, and may be an error in this project.</summary>
    private void RepeatWarnings(CachedModel cached, ModelOrigin origin)
    {
        foreach (Diagnostic warning in cached.ReadWarnings())
        {
            // Another project with the same rows may have them in other files.
            bool isHere = warning.Path.Length > 0 && File.Exists(Path.Combine(Path.GetDirectoryName(ProjectFile)!, warning.Path));
            Report(origin.Complete(isHere ? warning : warning with { Position = default }));
        }
    }

    private PlanDecision Decision(TrainingMode mode, ModelOrigin origin) => new(mode, LockFile, finding => Report(origin.Complete(finding)));

    /// <summary>Has the worker fetch a base and tell its hash: the download is the one that the training needs anyway.</summary>
    private string? FetchBase(PlannedBase remote, ModelOrigin origin)
    {
        Directory.CreateDirectory(IntermediateDirectory);
        string pin = Path.Combine(IntermediateDirectory, ContentKey.OfText(remote.Source).Substring(0, 16) + ".pin.txt");
        File.Delete(pin);
        // Spreading an array would need System.Memory, which MSBuild of .NET Framework has in a version of its own.
        string[] arguments = Offline ? ["fetch", remote.Source, "--pin", pin, "--offline"] : ["fetch", remote.Source, "--pin", pin];
        return CreateCall().Run(remote.Name, "fetched the base", origin, arguments) ? File.ReadAllText(pin).Trim() : null;
    }

    private ModelOrigin OriginOf(string model, string adapter, PlannedBase? plannedBase) => ModelOrigin.Of(
        new ItemOrigin(ProjectFile),
        Adapters.FirstOrDefault(item => item.ItemSpec == adapter) is { } item ? ("EdgeAdapter", item) : ("EdgeModel", Models.First(item => item.ItemSpec == model)),
        Bases.FirstOrDefault(item => item.ItemSpec == plannedBase?.Name),
        plannedBase is { Path.Length: 0 } ? plannedBase.Source : plannedBase?.Path ?? string.Empty);

    private TaskItem ToItem(TrainingPlan plan, string action, ModelOrigin origin)
    {
        string planFile = Path.Combine(IntermediateDirectory, plan.FileStem + ".plan.json");
        string text = plan.ToText();
        AtomicFile.WriteWhenDifferent(planFile, text);
        Log.LogMessage(MessageImportance.Low, "{0}:\n{1}", planFile, text);
        Log.LogMessage(MessageImportance.Low, "{0}: {1}, model key {2}, adapter key {3}", plan.Name, action, plan.ModelKey, plan.AdapterKey);
        TaskItem item = new PlannedArtifact(plan.Name, plan.Model, plan.FileStem, action, CachedModel.Of(plan.CacheDirectory, plan.ModelKey, plan.FileStem).Directory).ToItem();
        item.SetMetadata("PlanFile", PlannedArtifact.Escape(planFile));
        origin.Write(item);
        return item;
    }

    private IEnumerable<ITaskItem> FromLock(string model, PlanDecision decision, LockedState lockFile)
    {
        TaskItem Item(string name, string fileStem, string? key)
        {
            CachedModel? cached = decision.FindLocked(name, fileStem, key, CacheDirectory);
            return new PlannedArtifact(name, model, fileStem, cached is null ? PlanDecision.None : PlanDecision.Cached, cached?.Directory ?? string.Empty).ToItem();
        }

        yield return Item(model, model, lockFile.Models.TryGetValue(model, out LockedModel? locked) ? locked.ModelKey : null);
        foreach (KeyValuePair<string, LockedAdapter> adapter in lockFile.Adapters.Where(adapter => adapter.Value.Model == model))
        {
            yield return Item(adapter.Key, ArtifactFiles.AdapterStem(adapter.Key), adapter.Value.ModelKey);
        }
    }

    private TrainingMode ReadMode() => Enum.TryParse(Mode, ignoreCase: true, out TrainingMode mode) && Enum.IsDefined(typeof(TrainingMode), mode)
        ? mode
        : throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"EdgeBuildTraining is '{Mode}'. Use Auto, Locked or Never.", ProjectFile);

    private double ReadNumber(string property, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= 0
            ? number
            : throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"EdgeBuild{property} is '{text}'; it must be a number from 0.", ProjectFile);

    private long ReadSize(string property, string text) => text.Trim().Length == 0 ? 0
        : ByteSize.TryParse(text, out long bytes) ? bytes
        : throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"EdgeBuild{property} is '{text}'. Write a size such as 8GB or 500MB, or leave it empty.", ProjectFile);
}
