using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Bases;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Turns the items of a project into model definitions. Every wrong item is reported, not only the first.</summary>
/// <param name="items">The items.</param>
/// <param name="report">Receives the findings.</param>
internal sealed class ProjectReader(ProjectItems items, Action<Diagnostic> report)
{
    private const string Base = "EdgeBase";
    private const string Model = "EdgeModel";
    private const string Prompt = "EdgePrompt";
    private const string Dataset = "EdgeDataset";
    private const string Adapter = "EdgeAdapter";

    /// <summary>The base's own type would be smaller, but at 4 bits a merged weight falls back onto the grid point that it came from.</summary>
    private const string DefaultQuantization = "Q8_0";

    /// <summary>Without a merge nothing is rounded, and the file stays the base's own byte for byte.</summary>
    private const string DefaultPlainQuantization = "Base";

    private readonly ItemOrigin _origin = new(items.ProjectFile);
    private readonly string _directory = Path.GetDirectoryName(items.ProjectFile)!;

    /// <summary>Reads all models.</summary>
    /// <returns>The models that are declared without an error.</returns>
    public IReadOnlyList<ModelDefinition> Read()
    {
        var names = new MetadataNames(_origin, report);
        foreach ((string type, IReadOnlyList<ITaskItem> group) in new[] { (Base, items.Bases), (Model, items.Models), (Prompt, items.Prompts), (Adapter, items.Adapters) })
        {
            ReportDuplicates(type, group, item => item.ItemSpec);
            names.Check(type, group);
        }

        names.Check(Dataset, items.Datasets);

        var adapters = new AdapterReader(items, _origin, Report);
        adapters.Check();
        Dictionary<ITaskItem, PromptDocument> documents = ReadDocuments();
        ReportDuplicates(Prompt, [.. documents.Keys], item => documents[item].Name);
        ILookup<(string Prompt, string Adapter), PlannedDataset> datasets = ReadDatasets(documents, adapters);
        CheckPromptModels();
        var definitions = new List<ModelDefinition>();
        foreach (ITaskItem model in items.Models)
        {
            Attempt(() => definitions.Add(ReadModel(model, documents, datasets, adapters)));
        }

        return definitions;
    }

    private void Attempt(Action read)
    {
        try
        {
            read();
        }
        catch (EdgeBuildException exception)
        {
            Report(exception);
        }
    }

    private void Report(EdgeBuildException exception) => report(exception.ToDiagnostic());

    private void ReportDuplicates(string type, IReadOnlyList<ITaskItem> group, Func<ITaskItem, string> name)
    {
        foreach (IGrouping<string, ITaskItem> same in group.GroupBy(name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1))
        {
            Report(_origin.Error(ErrorCodes.DuplicateItem, type, same.Last(), $"{same.Count()} {type} items are called '{same.Key}'. Rename or remove all but one."));
        }
    }

    private Dictionary<ITaskItem, PromptDocument> ReadDocuments()
    {
        var documents = new Dictionary<ITaskItem, PromptDocument>();
        foreach (ITaskItem item in items.Prompts)
        {
            string path = FullPath(item.ItemSpec);
            if (!File.Exists(path))
            {
                Report(_origin.Error(ErrorCodes.FileNotFound, Prompt, item, $"The prompt file '{item.ItemSpec}' does not exist. Correct the path, or create the file."));
                continue;
            }

            PromptParseResult result = PromptDocument.Parse(item.ItemSpec, File.ReadAllText(path));

            // Warnings are the generator's: it gives them in the editor too, and twice would be once too often.
            Diagnostic[] errors = [.. result.Diagnostics.Where(finding => finding.IsError)];
            foreach (Diagnostic error in errors)
            {
                report(error);
            }

            if (result.Document is { } document && errors.Length == 0)
            {
                documents.Add(item, document);
            }
        }

        return documents;
    }

    private ILookup<(string Prompt, string Adapter), PlannedDataset> ReadDatasets(Dictionary<ITaskItem, PromptDocument> documents, AdapterReader adapters)
    {
        string[] prompts = [.. documents.Values.Select(document => document.Name)];
        var datasets = new List<(string Prompt, string Adapter, PlannedDataset Dataset)>();
        foreach (ITaskItem item in items.Datasets)
        {
            Attempt(() =>
            {
                string prompt = item.GetMetadata("Prompt");
                // A prompt file that could not be read has been reported; its datasets are not wrong for that.
                if (!prompts.Contains(prompt, StringComparer.Ordinal) && (prompt.Length == 0 || prompts.Length == items.Prompts.Count))
                {
                    throw Unknown(Dataset, item, "Prompt", prompt, "prompt", prompts);
                }

                adapters.CheckDataset(item, documents.FirstOrDefault(entry => entry.Value.Name == prompt).Key?.GetMetadata("Model"));
                datasets.Add((prompt, item.GetMetadata("Adapter"), ReadDataset(item)));
            });
        }

        return datasets.ToLookup(entry => (entry.Prompt, entry.Adapter), entry => entry.Dataset);
    }

    private PlannedDataset ReadDataset(ITaskItem item)
    {
        string text = item.GetMetadata("Split");
        string split = text.Length == 0 ? DatasetSplits.Train : DatasetSplits.All.FirstOrDefault(known => string.Equals(known, text, StringComparison.OrdinalIgnoreCase))
            ?? throw _origin.Error(ErrorCodes.InvalidProjectItem, Dataset, item, $"Split=\"{text}\" is not known. Use Train, Validation or Test.{NearestName.Suggest(text, DatasetSplits.All)}");
        string path = FullPath(item.ItemSpec);
        if (!File.Exists(path))
        {
            throw _origin.Error(ErrorCodes.FileNotFound, Dataset, item, $"The dataset file '{item.ItemSpec}' does not exist. Correct the path, or create the file.");
        }

        double weight = new SettingReader(_origin, Dataset, item).Number("Weight", 0.001, 1000, ErrorCodes.InvalidProjectItem) ?? 1;
        return new PlannedDataset(path, item.ItemSpec, split, weight);
    }

    private void CheckPromptModels()
    {
        string[] models = [.. items.Models.Select(item => item.ItemSpec)];
        foreach (ITaskItem item in items.Prompts)
        {
            string model = item.GetMetadata("Model");
            if (!models.Contains(model, StringComparer.Ordinal))
            {
                Report(Unknown(Prompt, item, "Model", model, Model, models));
            }
        }
    }

    private ModelDefinition ReadModel(
        ITaskItem item, Dictionary<ITaskItem, PromptDocument> documents, ILookup<(string Prompt, string Adapter), PlannedDataset> datasets, AdapterReader adapters)
    {
        string name = item.ItemSpec;
        if (!FileNames.IsValid(name))
        {
            throw _origin.Error(ErrorCodes.InvalidProjectItem, Model, item, $"The EdgeModel '{name}' gives its name to a file: {FileNames.Rule}.");
        }

        ITaskItem[] prompts = [.. items.Prompts.Where(prompt => prompt.GetMetadata("Model") == name)];
        if (prompts.Length == 0)
        {
            throw _origin.Error(ErrorCodes.InvalidProjectItem, Model, item, $"No EdgePrompt has Model=\"{name}\", so this EdgeModel has nothing to learn. Add one, or remove the model.");
        }

        IEnumerable<PromptDefinition> PromptsOf(string adapter) => prompts.Where(documents.ContainsKey)
            .Select(prompt => new PromptDefinition(documents[prompt], FullPath(prompt.ItemSpec), prompt.ItemSpec, [.. datasets[(documents[prompt].Name, adapter)]]))
            .OrderBy(prompt => prompt.Document.Name, StringComparer.Ordinal);

        PromptDefinition[] own = [.. PromptsOf(string.Empty)];
        bool plain = adapters.IsPlain(item);
        var settings = new SettingReader(_origin, Model, item);
        return new ModelDefinition(
            name,
            ReadBase(item),
            item.GetMetadata("Quantization") is { Length: > 0 } quantization ? quantization : plain ? DefaultPlainQuantization : DefaultQuantization,
            settings.ReadRecipe(),
            settings.ReadGates(own),
            settings.Number("TokenPrice", 0, 1e6, ErrorCodes.InvalidProjectItem) ?? 0,
            own,
            plain ? adapters.Read(item, PromptsOf) : null);
    }

    private PlannedBase ReadBase(ITaskItem model)
    {
        string name = model.GetMetadata("Base") is { Length: > 0 } given ? given : "smollm2";
        ITaskItem item = items.Bases.FirstOrDefault(candidate => candidate.ItemSpec == name)
            ?? throw Unknown(Model, model, "Base", name, Base, [.. items.Bases.Select(candidate => candidate.ItemSpec)]);
        string source = item.GetMetadata("Source");
        if (source.Length == 0)
        {
            throw _origin.Error(ErrorCodes.InvalidProjectItem, Base, item, $"The EdgeBase '{name}' has no Source. Use {BaseSource.DescribeForms()}.");
        }

        bool isRemote = BaseSource.IsRemote(source);
        string path = isRemote ? string.Empty : FullPath(source);
        if (isRemote)
        {
            CheckRemote(item, source);
        }
        else if (!File.Exists(path))
        {
            throw _origin.Error(ErrorCodes.FileNotFound, Base, item, $"The file '{source}' of the EdgeBase '{name}' does not exist. Correct Source, or download the file.");
        }

        string sha256 = item.GetMetadata("Sha256").ToLowerInvariant();
        if (sha256.Length > 0 && (sha256.Length != 64 || sha256.Any(c => c is not ((>= '0' and <= '9') or (>= 'a' and <= 'f')))))
        {
            throw _origin.Error(ErrorCodes.InvalidProjectItem, Base, item, $"The Sha256 of the EdgeBase '{name}' must be 64 hexadecimal digits.");
        }

        return new PlannedBase(name, path, sha256, item.GetMetadata("License"), source);
    }

    private void CheckRemote(ITaskItem item, string source)
    {
        BaseSource parsed = BaseSource.Parse(source) ?? throw _origin.Error(
            ErrorCodes.InvalidProjectItem, Base, item, $"Source=\"{source}\" of the EdgeBase '{item.ItemSpec}' cannot be read. Use {BaseSource.DescribeForms()}.");
        if (!parsed.IsFixed)
        {
            throw _origin.Error(
                ErrorCodes.BaseNotPinned,
                Base,
                item,
                $"Source=\"{source}\" of the EdgeBase '{item.ItemSpec}' names {(parsed.Version.Length == 0 ? "no revision" : $"'{parsed.Version}'")}, behind which the file may change. Name a commit (40 hexadecimal digits): 'edgebuild fetch {source}' prints the item with the present one.");
        }
    }

    private EdgeBuildException Unknown(string type, ITaskItem item, string metadata, string value, string what, IReadOnlyList<string> known) =>
        References.Unknown(_origin, type, item, metadata, value, what, known);

    private string FullPath(string path) => Path.GetFullPath(Path.Combine(_directory, path.Replace('\\', Path.DirectorySeparatorChar)));
}
