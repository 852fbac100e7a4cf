using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Tasks;

/// <summary>Decides what a plan needs: nothing, the worker, or an error.</summary>
/// <param name="mode">The training mode.</param>
/// <param name="lockPath">The lock file's path, for messages.</param>
/// <param name="report">Receives the findings, which are about the model and name no place.</param>
internal sealed class PlanDecision(TrainingMode mode, string lockPath, Action<Diagnostic> report)
{
    /// <summary>The artifact is in the cache and measured on the rows of today.</summary>
    public const string Cached = "Cached";

    /// <summary>The worker must run.</summary>
    public const string Train = "Train";

    /// <summary>There is nothing to ship.</summary>
    public const string None = "None";

    private const string Fetching = "Before the build run 'edgebuild pull', which takes it from a NuGet feed that 'edgebuild push' was given, or set EdgeBuildCache to the folder of a build that trained it.";

    /// <summary>Decides for a plan of mode Auto or Locked.</summary>
    public string Decide(TrainingPlan plan, LockFile lockFile)
    {
        CachedModel cached = CachedModel.Of(plan.CacheDirectory, plan.ModelKey, plan.FileStem);
        if (mode == TrainingMode.Locked)
        {
            return DecideLocked(plan, lockFile, cached) ? Cached : None;
        }

        if (!cached.IsComplete || new PlannedFigures(plan, cached.ReadFragment()) is not { AreComplete: true } figures)
        {
            return Train;
        }

        ReportGates(plan, figures);
        return Cached;
    }

    /// <summary>Finds what may be shipped without a training and without looking at the data: the artifact of the lock file.</summary>
    /// <param name="name">The name of the model or adapter.</param>
    /// <param name="fileStem">What its files begin with.</param>
    /// <param name="key">Its key in the lock file; null when it is not there.</param>
    /// <param name="cacheDirectory">The cache.</param>
    /// <returns>The entry, or null.</returns>
    public CachedModel? FindLocked(string name, string fileStem, string? key, string cacheDirectory)
    {
        if (key is not null && CachedModel.Of(cacheDirectory, key, fileStem) is { IsComplete: true } cached)
        {
            return cached;
        }

        // Only what a lock file names can be pulled.
        (string problem, string remedy) = key is null
            ? (Unlocked($"model '{name}'"), $"Build once with EdgeBuildTraining=Auto, which trains it and writes {Path.GetFileName(lockPath)}; commit that file.")
            : ($"The model '{name}' of {Path.GetFileName(lockPath)} is not in the cache '{cacheDirectory}'", "Run 'edgebuild pull', or build once with EdgeBuildTraining=Auto.");
        report(new Diagnostic(
            ErrorCodes.ArtifactMissingWhenLocked,
            DiagnosticSeverity.Warning,
            string.Empty,
            default,
            $"{problem}, and EdgeBuildTraining is Never, so the app is built without the model and its calls fail. {remedy}"));
        return null;
    }

    private bool DecideLocked(TrainingPlan plan, LockFile lockFile, CachedModel cached)
    {
        string? problem = null;
        var figures = new PlannedFigures(plan, lockFile);
        string file = Path.GetFileName(lockPath);
        string remedy = $"Build with EdgeBuildTraining=Auto where training is allowed, and commit {file}.";
        string what = plan.Kind == ArtifactKind.Adapter ? $"adapter '{plan.Adapter}'" : $"model '{plan.Model}'";
        (string Key, string Sha256)? locked = plan.Kind == ArtifactKind.Adapter
            ? lockFile.Adapters.TryGetValue(plan.Adapter, out LockedAdapter? adapter) ? (adapter.ModelKey, adapter.Sha256) : null
            : lockFile.Models.TryGetValue(plan.Model, out LockedModel? model) ? (model.ModelKey, model.Sha256) : null;
        if (locked is not var (key, sha256))
        {
            problem = Unlocked(what);
        }
        else if (key != plan.ModelKey)
        {
            problem = $"The {what} of {file} was made from other rows, prompts or settings";
        }
        else if (!cached.IsComplete)
        {
            problem = $"The {what} is not in the cache '{plan.CacheDirectory}'";
            remedy = Fetching;
        }
        else if (!figures.AreOfTheseRows)
        {
            problem = $"The figures of the {what} in {file} were measured on other test rows";
        }
        else if (figures.UnjudgedGate is { } gate)
        {
            problem = $"{file} has no figure of the {what} that {gate} could judge";
        }
        else if (ContentKey.OfFile(cached.ModelFile) != sha256)
        {
            problem = $"The file of the {what} in the cache is not the one of {file}";
            remedy = Fetching;
        }

        if (problem is null)
        {
            // The lock file is what was reviewed; the entry may have been measured on the test rows of another day.
            ReportGates(plan, figures);
            return true;
        }

        report(new Diagnostic(
            ErrorCodes.ArtifactMissingWhenLocked,
            DiagnosticSeverity.Error,
            string.Empty,
            default,
            $"{problem}, and EdgeBuildTraining is Locked. {remedy}"));
        return false;
    }

    private string Unlocked(string what) => File.Exists(lockPath)
        ? $"The {what} is not in {Path.GetFileName(lockPath)}"
        : $"There is no {Path.GetFileName(lockPath)} yet that names the {what}";

    /// <summary>Gates are not part of the key, so they are held against the figures of the cached artifact too.</summary>
    private void ReportGates(TrainingPlan plan, PlannedFigures figures)
    {
        foreach (KeyValuePair<string, LockedMetric> metric in figures.All)
        {
            foreach (MissedGate missed in GateLimits.Missed(plan.Gates, metric.Value))
            {
                ReportGate(plan, metric, string.Format(CultureInfo.InvariantCulture, "its {0} is {1:P1} and {2} asks for {3:P1}", missed.Figure, missed.Measured, missed.Gate, missed.Asked));
            }

            if (plan.Gates.MaxQuantizationLoss is { } largest && metric.Value.QuantizationLoss > largest)
            {
                ReportGate(plan, metric, string.Format(CultureInfo.InvariantCulture, "quantizing cost {0:P1} and MaxQuantizationLoss allows {1:P1}", metric.Value.QuantizationLoss, largest));
            }

            if (plan.Gates.MaxRegression is { } most && plan.LastAccuracy.TryGetValue(metric.Key, out double last) && last - metric.Value.Score > most)
            {
                ReportGate(plan, metric, string.Format(CultureInfo.InvariantCulture, "the lock file has {0:P1} on the same rows and MaxRegression allows {1:P1} less", last, most));
            }
        }
    }

    private void ReportGate(TrainingPlan plan, KeyValuePair<string, LockedMetric> metric, string asked) => report(new Diagnostic(
        ErrorCodes.GateFailed,
        DiagnosticSeverity.Error,
        string.Empty,
        default,
        string.Format(
            CultureInfo.InvariantCulture,
            "The model '{0}' answers '{1}' right in {2:P1} of {3} test rows; {4}. Add or correct training rows, or lower the gate.",
            plan.Model,
            metric.Key,
            metric.Value.Accuracy,
            metric.Value.Rows,
            asked)));
}
