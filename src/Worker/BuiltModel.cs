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
    private const string PlanSuffix = ".plan.json";

    private readonly ArtifactCache _cache = new(plan.CacheDirectory);

    /// <summary>Gets the plan.</summary>
    public TrainingPlan Plan => plan;

    /// <summary>Gets the cache.</summary>
    public ArtifactCache Cache => _cache;

    /// <summary>Gets the folder of its cache entry.</summary>
    public string Directory => _cache.ModelDirectory(plan.ModelKey);

    /// <summary>Gets the model file.</summary>
    public string ModelPath => Path.Combine(Directory, plan.Model + ".gguf");

    /// <summary>Gets the adapter that was merged.</summary>
    public string AdapterPath => Path.Combine(_cache.AdapterDirectory(plan.AdapterKey), ParentAdapter.AdapterFileName);

    /// <summary>Gets the report.</summary>
    public string ReportPath => Path.Combine(Directory, ReportFile.FileName);

    /// <summary>Gets the manifest.</summary>
    public EdgeManifest Manifest => EdgeManifest.Load(Path.Combine(Directory, plan.Model + EdgeManifest.FileNameSuffix));

    /// <summary>Gets what was measured.</summary>
    /// <exception cref="EdgeBuildException">EDGE3006: it was built by an older version.</exception>
    public EvaluationRecord Record => EvaluationRecord.Read(Directory) ?? throw NotBuilt($"The model '{plan.Model}' was built by another version of EdgeBuild, which kept no figures.");

    /// <summary>Gets what was measured of the version before, or null.</summary>
    public EvaluationRecord? Previous => plan.LastModelKey.Length > 0 && plan.LastModelKey != plan.ModelKey ? EvaluationRecord.Read(_cache.ModelDirectory(plan.LastModelKey)) : null;

    /// <summary>Finds a model of a project.</summary>
    /// <param name="project">The project file, or its folder.</param>
    /// <param name="model">The model's name; null when the project has one only.</param>
    /// <returns>The model; its artifact is in the cache.</returns>
    /// <exception cref="EdgeBuildException">EDGE3006: there is none, or several to choose from.</exception>
    public static BuiltModel Find(string project, string? model)
    {
        string folder = File.Exists(project) ? Path.GetDirectoryName(Path.GetFullPath(project))! : Path.GetFullPath(project);
        string plans = Path.Combine(folder, "obj", "edge");
        string[] files = System.IO.Directory.Exists(plans) ? [.. System.IO.Directory.GetFiles(plans, "*" + PlanSuffix).Order(StringComparer.Ordinal)] : [];
        string[] names = [.. files.Select(file => Path.GetFileName(file)[..^PlanSuffix.Length])];
        if (names.Length == 0)
        {
            throw NotBuilt($"No model was built in '{folder}' yet.");
        }

        int index = model is null ? (names.Length == 1 ? 0 : -1) : Array.FindIndex(names, name => string.Equals(name, model, StringComparison.OrdinalIgnoreCase));
        if (index < 0)
        {
            throw new EdgeBuildException(
                ErrorCodes.ModelNotBuilt, $"{(model is null ? "The project has several models" : $"The project has no model '{model}'")}. Name one of these: {string.Join(", ", names)}.");
        }

        var found = new BuiltModel(TrainingPlan.Parse(File.ReadAllText(files[index])));
        return ArtifactCache.IsComplete(found.Directory) ? found : throw NotBuilt($"The model '{names[index]}' is not in the cache '{found.Plan.CacheDirectory}'.");
    }

    /// <summary>Parses the prompts.</summary>
    /// <returns>The prompts in the order of the plan.</returns>
    public IReadOnlyList<TrainedPrompt> LoadPrompts()
    {
        ChatFormat format = ChatFormat.FromId(Manifest.ChatFormat ?? string.Empty) ?? throw NotBuilt($"The model '{plan.Model}' names no chat format.");
        return [.. plan.Prompts.Select(prompt => TrainedPrompt.Load(prompt, format))];
    }

    /// <summary>Reads the rows as the training had them.</summary>
    /// <param name="prompts">The prompts.</param>
    /// <returns>The rows.</returns>
    public RowSet LoadRows(IReadOnlyList<TrainedPrompt> prompts) => RowSet.Load(prompts, plan.Recipe.Seed, plan.Recipe.ValidationSplit);

    private static EdgeBuildException NotBuilt(string reason) => new(ErrorCodes.ModelNotBuilt, reason + " Build the project first: dotnet build");
}
