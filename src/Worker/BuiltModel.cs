using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker;

/// <summary>A model that a build has made, found by its plan in the project's <c>obj/edge</c>.</summary>
/// <param name="plan">Its plan.</param>
public sealed class BuiltModel(TrainingPlan plan)
{
    private const string PlanPattern = "*.plan.json";

    private readonly ArtifactCache _cache = new(plan.CacheDirectory);

    /// <summary>Gets the plan.</summary>
    public TrainingPlan Plan => plan;

    /// <summary>Gets the cache.</summary>
    public ArtifactCache Cache => _cache;

    /// <summary>Gets the folder of its cache entry.</summary>
    public string Directory => _cache.ModelDirectory(plan.ModelKey);

    /// <summary>Gets a value indicating whether it is an adapter that is loaded onto a plain model.</summary>
    public bool IsAdapter => plan.Kind == ArtifactKind.Adapter;

    /// <summary>Gets the model file; for an adapter that of its plain model.</summary>
    public string ModelPath => Path.Combine(IsAdapter ? _cache.ModelDirectory(plan.PlainModelKey) : Directory, plan.Model + ArtifactFiles.ModelSuffix);

    /// <summary>Gets the file that the figures are about: the model, or the adapter.</summary>
    public string ShippedPath => Path.Combine(Directory, plan.FileStem + ArtifactFiles.ModelSuffix);

    /// <summary>Gets what the runtime opens.</summary>
    public MeasuredModel Measured => new(ModelPath, Manifest, IsAdapter ? Directory : null);

    /// <summary>Gets the adapter that was merged.</summary>
    public string AdapterPath => Path.Combine(_cache.AdapterDirectory(plan.AdapterKey), ParentAdapter.AdapterFileName);

    /// <summary>Gets the report.</summary>
    public string ReportPath => Path.Combine(Directory, ReportFile.FileName);

    /// <summary>Gets the manifest.</summary>
    public EdgeManifest Manifest => EdgeManifest.Load(Path.Combine(Directory, plan.FileStem + ArtifactFiles.ManifestSuffix));

    /// <summary>Gets what was measured.</summary>
    /// <exception cref="EdgeBuildException">EDGE3006: it was built by an older version.</exception>
    public EvaluationRecord Record => EvaluationRecord.Read(Directory) ?? throw NotBuilt($"The model '{plan.Name}' was built by another version of EdgeBuild, which kept no figures.");

    /// <summary>Gets what was measured of the version before, or null.</summary>
    public EvaluationRecord? Previous => EvaluationRecord.ReadPrevious(_cache, plan);

    /// <summary>Finds a model of a project.</summary>
    /// <param name="project">The project file, or its folder.</param>
    /// <param name="model">The model's name; null when the project has one only.</param>
    /// <returns>The model; its artifact is in the cache.</returns>
    /// <exception cref="EdgeBuildException">EDGE3006: there is none, or several to choose from.</exception>
    public static BuiltModel Find(string project, string? model)
    {
        var found = new BuiltModel(FindPlan(project, model));
        return ArtifactCache.IsComplete(found.Directory) ? found : throw NotBuilt($"The model '{found.Plan.Name}' is not in the cache '{found.Plan.CacheDirectory}'.");
    }

    /// <summary>Finds the plan of a model of a project.</summary>
    /// <param name="project">The project file, or its folder.</param>
    /// <param name="model">The model's name; null when the project has one only.</param>
    /// <returns>The plan that the last build wrote.</returns>
    /// <exception cref="EdgeBuildException">EDGE3006: there is none, or several to choose from.</exception>
    public static TrainingPlan FindPlan(string project, string? model)
    {
        string folder = File.Exists(project) ? Path.GetDirectoryName(Path.GetFullPath(project))! : Path.GetFullPath(project);
        string plans = Path.Combine(folder, "obj", "edge");
        TrainingPlan[] built = System.IO.Directory.Exists(plans)
            ? [.. System.IO.Directory.GetFiles(plans, PlanPattern).Order(StringComparer.Ordinal).Select(file => TrainingPlan.Parse(File.ReadAllText(file))).Where(candidate => candidate.Kind != ArtifactKind.PlainModel)]
            : [];
        if (built.Length == 0)
        {
            throw NotBuilt($"No model was built in '{folder}' yet.");
        }

        return (model is null ? (built.Length == 1 ? built[0] : null) : built.FirstOrDefault(candidate => string.Equals(candidate.Name, model, StringComparison.OrdinalIgnoreCase)))
            ?? throw new EdgeBuildException(
                ErrorCodes.ModelNotBuilt,
                $"{(model is null ? "The project has several models" : $"The project has no model '{model}'")}. Name one of these: {string.Join(", ", built.Select(candidate => candidate.Name))}.");
    }

    /// <summary>Parses the prompts.</summary>
    /// <returns>The prompts in the order of the plan.</returns>
    public IReadOnlyList<TrainedPrompt> LoadPrompts()
    {
        ChatFormat format = LoadChatFormat();
        return [.. plan.Prompts.Select(prompt => TrainedPrompt.Load(prompt, format))];
    }

    /// <summary>Reads which chat format the model was trained with.</summary>
    /// <returns>The format.</returns>
    public ChatFormat LoadChatFormat() => ChatFormat.FromId(Manifest.ChatFormat ?? string.Empty) ?? throw NotBuilt($"The model '{plan.Name}' names no chat format.");

    /// <summary>Reads the rows as the training had them.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <returns>The rows.</returns>
    public RowSet LoadRows(IReadOnlyList<TrainedPrompt> prompts) => RowSet.Load(prompts, plan.Recipe.Seed, plan.Recipe.ValidationSplit);

    /// <summary>Makes the error of a model that the project has and the cache does not.</summary>
    /// <param name="reason">What is missing, a sentence.</param>
    /// <returns>EDGE3006.</returns>
    internal static EdgeBuildException NotBuilt(string reason) => new(ErrorCodes.ModelNotBuilt, reason + " Build the project first, with 'dotnet build'.");
}
