using EdgeBuild.Contracts;
using EdgeBuild.Data;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Reads the EdgeAdapter items. An adapter takes the settings of its model where it has none of its own.</summary>
/// <param name="items">The items.</param>
/// <param name="origin">Places items for errors.</param>
/// <param name="report">Receives the findings.</param>
internal sealed class AdapterReader(ProjectItems items, ItemOrigin origin, Action<EdgeBuildException> report)
{
    private const string Adapter = "EdgeAdapter";
    private const string Model = "EdgeModel";

    /// <summary>Checks names and references of all adapters.</summary>
    public void Check()
    {
        string[] models = [.. items.Models.Select(model => model.ItemSpec)];
        foreach (ITaskItem item in items.Adapters)
        {
            string name = item.ItemSpec;
            if (!FileNames.IsValid(name))
            {
                report(origin.Error(ErrorCodes.InvalidProjectItem, Adapter, item, $"The {Adapter} '{name}' gives its name to a file: {FileNames.Rule}."));
            }
            else if (models.FirstOrDefault(model => Same(model, name) || Same(model, ArtifactFiles.AdapterStem(name))) is { } model)
            {
                report(origin.Error(
                    ErrorCodes.InvalidProjectItem, Adapter, item, $"The {Adapter} '{name}' and the {Model} '{model}' would give their files the same name. Rename the adapter: calls that name none are answered by the adapter that the build trains from the datasets without Adapter."));
            }

            string named = item.GetMetadata("Model");
            if (!models.Contains(named, StringComparer.Ordinal))
            {
                report(References.Unknown(origin, Adapter, item, "Model", named, Model, models));
            }
            else if (!Datasets(name).Any(dataset => dataset.GetMetadata("Split") is var split && (split.Length == 0 || Same(split, DatasetSplits.Train))))
            {
                report(origin.Error(
                    ErrorCodes.InvalidProjectItem, Adapter, item, $"No EdgeDataset with training rows has Adapter=\"{name}\", so this {Adapter} has nothing to learn. Add one, or remove the adapter."));
            }
        }
    }

    /// <summary>Checks that a dataset names an adapter of its prompt's model.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="model">The model of its prompt; null when it is not known.</param>
    /// <exception cref="EdgeBuildException">EDGE0001 or EDGE0002.</exception>
    public void CheckDataset(ITaskItem dataset, string? model)
    {
        string name = dataset.GetMetadata("Adapter");
        if (name.Length == 0)
        {
            return;
        }

        ITaskItem adapter = items.Adapters.FirstOrDefault(item => item.ItemSpec == name)
            ?? throw References.Unknown(origin, "EdgeDataset", dataset, "Adapter", name, Adapter, [.. items.Adapters.Select(item => item.ItemSpec)]);
        if (model is not null && adapter.GetMetadata("Model") != model)
        {
            throw origin.Error(
                ErrorCodes.InvalidProjectItem, "EdgeDataset", dataset, $"The EdgeDataset '{dataset.ItemSpec}' belongs to the adapter '{name}' of the model '{adapter.GetMetadata("Model")}', but its prompt '{dataset.GetMetadata("Prompt")}' to the model '{model}'. An adapter answers prompts of its own model only.");
        }
    }

    /// <summary>Tells whether a model is delivered as a plain base with adapters.</summary>
    /// <param name="model">The model.</param>
    /// <exception cref="EdgeBuildException">EDGE0001: its Delivery is not known, or contradicts its adapters.</exception>
    public bool IsPlain(ITaskItem model)
    {
        string delivery = model.GetMetadata("Delivery");
        bool hasAdapters = Of(model).Any();
        bool merged = Same(delivery, "Merged");
        if (delivery.Length > 0 && !merged && !Same(delivery, "Adapters"))
        {
            throw origin.Error(
                ErrorCodes.InvalidProjectItem, Model, model, $"Delivery=\"{delivery}\" is not known. Use Merged, one file with the adapter merged in, or Adapters, the plain base with LoRA files.{NearestName.Suggest(delivery, ["Merged", "Adapters"])}");
        }

        return merged && hasAdapters
            ? throw origin.Error(
                ErrorCodes.InvalidProjectItem, Model, model, $"The {Model} '{model.ItemSpec}' has Delivery=\"Merged\" and adapters ({string.Join(", ", Of(model).Select(item => item.ItemSpec))}): an adapter is never loaded onto a merged file. Remove Delivery.")
            : hasAdapters || (delivery.Length > 0 && !merged);
    }

    /// <summary>Reads the adapters of a plain model: that of the datasets which name none first, under the model's name.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Its prompts with the datasets of an adapter; of no adapter for an empty name.</param>
    /// <exception cref="EdgeBuildException">EDGE2003 or EDGE0001: a setting is wrong.</exception>
    public IReadOnlyList<AdapterDefinition> Read(ITaskItem model, Func<string, IEnumerable<PromptDefinition>> prompts)
    {
        var adapters = new List<AdapterDefinition>();
        PromptDefinition[] shared = [.. prompts(string.Empty).Where(HasRows)];
        if (shared.Length > 0)
        {
            var settings = new SettingReader(origin, Model, model);
            adapters.Add(new AdapterDefinition(model.ItemSpec, settings.ReadRecipe(), settings.ReadGates(shared), shared));
        }

        foreach (ITaskItem item in Of(model))
        {
            var settings = new SettingReader(origin, Adapter, item, Model, model);
            PromptDefinition[] own = [.. prompts(item.ItemSpec).Where(HasRows)];
            adapters.Add(new AdapterDefinition(item.ItemSpec, settings.ReadRecipe(), settings.ReadGates(own), own));
        }

        return adapters;
    }

    private static bool HasRows(PromptDefinition prompt) => prompt.Datasets.Count > 0;

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private IEnumerable<ITaskItem> Of(ITaskItem model) => items.Adapters.Where(adapter => adapter.GetMetadata("Model") == model.ItemSpec);

    private IEnumerable<ITaskItem> Datasets(string adapter) => items.Datasets.Where(dataset => dataset.GetMetadata("Adapter") == adapter);
}
