using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.LanguageServer.Projects;

/// <summary>
/// The items of a project that was not built since it was changed: MSBuild evaluates it in a process of its own and writes nothing. The plans that come
/// out of it name files and models; what only a build can know, keys above all, is that of the last one.
/// </summary>
internal sealed class ProjectEvaluation
{
    private static readonly string[] _items = ["EdgeBase", "EdgeModel", "EdgePrompt", "EdgeDataset", "EdgeAdapter"];
    private static readonly string[] _properties = ["EdgeBuildCache", "EdgeBuildIntermediatePath"];

    private readonly JsonElement _root;
    private readonly string _projectFile;

    private ProjectEvaluation(JsonElement root, string projectFile)
    {
        _root = root;
        _projectFile = projectFile;
    }

    /// <summary>Gets the folder that builds write plans to; null when the package is not restored.</summary>
    public string? IntermediatePath => Property("EdgeBuildIntermediatePath");

    /// <summary>Evaluates a project.</summary>
    /// <returns>The items; null when MSBuild refuses the project, which the next build tells.</returns>
    public static async Task<ProjectEvaluation?> RunAsync(string projectFile, CancellationToken cancellationToken)
    {
        using Process process = DotnetCommand.Start(
            projectFile, ["msbuild", projectFile, "-nologo", "-nodeReuse:false", .. _items.Select(item => "-getItem:" + item), .. _properties.Select(property => "-getProperty:" + property)]);
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            await error.ConfigureAwait(false);
            int json = output.IndexOf('{', StringComparison.Ordinal);
            return process.ExitCode == 0 && json >= 0 ? new ProjectEvaluation(JsonDocument.Parse(output[json..]).RootElement, projectFile) : null;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Makes the plans.</summary>
    /// <param name="built">The plans of the last build.</param>
    /// <param name="locked">The lock file, or null.</param>
    public IReadOnlyList<TrainingPlan> Plans(IReadOnlyList<TrainingPlan> built, LockFile? locked)
    {
        var prompts = Items("EdgePrompt").Select(item => (Model: Text(item, "Model"), Item: item, Name: NameOf(Text(item, "FullPath")))).ToList();
        JsonElement[] datasets = Items("EdgeDataset");

        IReadOnlyList<PlannedPrompt> PromptsOf(string model, string adapter) =>
        [
            .. prompts.Where(prompt => prompt.Model == model).Select(prompt => new PlannedPrompt
            {
                Name = prompt.Name,
                Path = Text(prompt.Item, "FullPath"),
                DisplayPath = Text(prompt.Item, "Identity"),
                Labels = new Dictionary<string, IReadOnlyList<string>>(),
                Datasets = [.. datasets.Where(dataset => Text(dataset, "Prompt") == prompt.Name && Text(dataset, "Adapter") == adapter).Select(Dataset)],
                TestRowsHash = string.Empty,
            }),
        ];

        return
        [
            .. Items("EdgeModel").Select(model => Plan(
                model, ArtifactKind.MergedModel, Text(model, "Identity"), string.Empty, locked?.Models.GetValueOrDefault(Text(model, "Identity"))?.ModelKey, PromptsOf(Text(model, "Identity"), string.Empty), built)),
            .. Items("EdgeAdapter").Select(adapter => Plan(
                Items("EdgeModel").FirstOrDefault(model => Text(model, "Identity") == Text(adapter, "Model")), ArtifactKind.Adapter, Text(adapter, "Model"), Text(adapter, "Identity"), null, PromptsOf(Text(adapter, "Model"), Text(adapter, "Identity")), built)),
        ];
    }

    private static PlannedDataset Dataset(JsonElement item)
    {
        string split = DatasetSplits.All.FirstOrDefault(known => string.Equals(known, Text(item, "Split"), StringComparison.OrdinalIgnoreCase)) ?? DatasetSplits.Train;
        return new PlannedDataset(
            Text(item, "FullPath"), Text(item, "Identity"), split, double.TryParse(Text(item, "Weight"), NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) ? weight : 1);
    }

    /// <summary>The name in the prompt file, by which datasets refer to it.</summary>
    public static string NameOf(string path)
    {
        try
        {
            return (PromptDocument.Parse(path, File.ReadAllText(path)).Syntax.Root?["name"] as YamlScalar)?.Text ?? Path.GetFileNameWithoutExtension(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return Path.GetFileNameWithoutExtension(path);
        }
    }

    private static string Text(JsonElement item, string metadata) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(metadata, out JsonElement value) ? value.GetString() ?? string.Empty : string.Empty;

    private TrainingPlan Plan(
        JsonElement model, ArtifactKind kind, string name, string adapter, string? lockedKey, IReadOnlyList<PlannedPrompt> prompts, IReadOnlyList<TrainingPlan> built)
    {
        if (built.FirstOrDefault(plan => plan.Kind != ArtifactKind.PlainModel && plan.Model == name && plan.Adapter == adapter) is { } last)
        {
            return last with
            {
                Prompts = [.. prompts.Select(prompt => prompt with { Labels = last.Prompts.FirstOrDefault(known => known.Name == prompt.Name)?.Labels ?? prompt.Labels })],
            };
        }

        string quantization = Text(model, "Quantization");
        return new TrainingPlan
        {
            Kind = kind,
            Model = name,
            Adapter = adapter,
            AdapterKey = string.Empty,
            ModelKey = lockedKey ?? string.Empty,
            ParentAdapterKey = string.Empty,
            Quantization = quantization.Length > 0 ? quantization : "Q8_0",
            CacheDirectory = Property("EdgeBuildCache") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".edgebuild"),
            Base = Base(Text(model, "Base") is { Length: > 0 } given ? given : "smollm2"),
            Recipe = new PlannedRecipe(),
            Gates = new PlannedGates(null, null),
            Prompts = prompts,
            LastAccuracy = new Dictionary<string, double>(),
            MaxTrainingMinutes = 0,
            Threads = 0,
            Offline = true,
        };
    }

    private PlannedBase Base(string name)
    {
        JsonElement item = Items("EdgeBase").FirstOrDefault(candidate => Text(candidate, "Identity") == name);
        string source = Text(item, "Source");
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(_projectFile)!, source.Replace('\\', Path.DirectorySeparatorChar)));
        return new PlannedBase(name, source.Length > 0 && File.Exists(path) ? path : string.Empty, string.Empty, Text(item, "License"), source);
    }

    private JsonElement[] Items(string type) =>
        _root.TryGetProperty("Items", out JsonElement items) && items.TryGetProperty(type, out JsonElement found) ? [.. found.EnumerateArray()] : [];

    private string? Property(string name) =>
        _root.TryGetProperty("Properties", out JsonElement properties) && properties.TryGetProperty(name, out JsonElement value) && value.GetString() is { Length: > 0 } text ? text : null;
}
