using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Contracts.Plans;

/// <summary>Reads and writes plan.json.</summary>
internal static class TrainingPlanFormat
{
    public static string Write(TrainingPlan plan)
    {
        JsonTextWriter writer = new JsonTextWriter(4)
            .BeginObject()
            .Number("contractVersion", TrainingPlan.ContractVersion)
            .String("kind", plan.Kind.ToString())
            .String("model", plan.Model)
            .String("adapter", plan.Adapter)
            .String("adapterKey", plan.AdapterKey)
            .String("modelKey", plan.ModelKey)
            .String("plainModelKey", plan.PlainModelKey)
            .String("parentAdapterKey", plan.ParentAdapterKey)
            .String("lastModelKey", plan.LastModelKey)
            .Number("tokenPrice", plan.TokenPrice)
            .String("quantization", plan.Quantization)
            .String("cacheDirectory", plan.CacheDirectory)
            .Number("maxTrainingMinutes", plan.MaxTrainingMinutes)
            .Number("threads", plan.Threads)
            .Number("maxMemory", plan.MaxMemory)
            .Number("cacheLimit", plan.CacheLimit)
            .Boolean("offline", plan.Offline)
            .BeginObject("base")
            .String("name", plan.Base.Name)
            .String("path", plan.Base.Path)
            .String("sha256", plan.Base.Sha256)
            .String("license", plan.Base.License)
            .String("source", plan.Base.Source)
            .EndObject()
            .BeginObject("recipe")
            .Number("rank", plan.Recipe.Rank)
            .Number("alpha", plan.Recipe.Alpha)
            .Number("learningRate", plan.Recipe.LearningRate)
            .Number("batchSize", plan.Recipe.BatchSize)
            .Number("epochs", plan.Recipe.Epochs)
            .Number("reviewPasses", plan.Recipe.ReviewPasses)
            .Number("seed", plan.Recipe.Seed)
            .Number("maxLength", plan.Recipe.MaxLength)
            .String("targetModules", plan.Recipe.TargetModules)
            .Number("validationSplit", plan.Recipe.ValidationSplit)
            .Number("patience", plan.Recipe.Patience)
            .Number("loraPlusRatio", plan.Recipe.LoraPlusRatio)
            .Boolean("rsLora", plan.Recipe.RsLora)
            .EndObject()
            .BeginObject("gates");
        OptionalNumber(writer, "minAccuracy", plan.Gates.MinAccuracy);
        OptionalNumber(writer, "maxRegression", plan.Gates.MaxRegression);
        OptionalNumber(writer, "minF1", plan.Gates.MinF1);
        OptionalNumber(writer, "minRougeL", plan.Gates.MinRougeL);
        OptionalNumber(writer, "minChrf", plan.Gates.MinChrf);
        OptionalNumber(writer, "minFieldAccuracy", plan.Gates.MinFieldAccuracy);
        OptionalNumber(writer, "maxQuantizationLoss", plan.Gates.MaxQuantizationLoss);
        writer.EndObject().BeginObject("lastAccuracy");
        foreach (KeyValuePair<string, double> entry in plan.LastAccuracy)
        {
            writer.Number(entry.Key, entry.Value);
        }

        writer.EndObject().BeginArray("prompts");
        foreach (PlannedPrompt prompt in plan.Prompts)
        {
            WritePrompt(writer, prompt);
        }

        return writer.EndArray().EndObject().ToString();
    }

    public static TrainingPlan Read(string text)
    {
        try
        {
            return Read(JsonText.Parse(text));
        }
        catch (JsonSyntaxException exception)
        {
            throw new EdgeBuildException(ErrorCodes.WorkerDefect, "The training plan is damaged: " + exception.Message, null, exception.Position, exception);
        }
    }

    private static TrainingPlan Read(JsonValue root)
    {
        if (root.GetNumber("contractVersion") is not TrainingPlan.ContractVersion)
        {
            throw new EdgeBuildException(ErrorCodes.WorkerDefect, "The training plan is of another version: tasks and worker must come from one EdgeBuild package.");
        }

        JsonValue baseModel = Member(root, "base");
        JsonValue recipe = Member(root, "recipe");
        JsonValue gates = Member(root, "gates");
        return new TrainingPlan
        {
            Kind = (ArtifactKind)Enum.Parse(typeof(ArtifactKind), Text(root, "kind")),
            Model = Text(root, "model"),
            Adapter = Text(root, "adapter"),
            AdapterKey = Text(root, "adapterKey"),
            ModelKey = Text(root, "modelKey"),
            PlainModelKey = Text(root, "plainModelKey"),
            ParentAdapterKey = Text(root, "parentAdapterKey"),
            LastModelKey = Text(root, "lastModelKey"),
            TokenPrice = Number(root, "tokenPrice"),
            Quantization = Text(root, "quantization"),
            CacheDirectory = Text(root, "cacheDirectory"),
            MaxTrainingMinutes = Number(root, "maxTrainingMinutes"),
            Threads = (int)Number(root, "threads"),
            MaxMemory = (long)Number(root, "maxMemory"),
            CacheLimit = (long)Number(root, "cacheLimit"),
            Offline = root.GetBoolean("offline") ?? false,
            Base = new PlannedBase(
                Text(baseModel, "name"), Text(baseModel, "path"), Text(baseModel, "sha256"), Text(baseModel, "license"), Text(baseModel, "source")),
            Recipe = new PlannedRecipe
            {
                Rank = (int)Number(recipe, "rank"),
                Alpha = Number(recipe, "alpha"),
                LearningRate = Number(recipe, "learningRate"),
                BatchSize = (int)Number(recipe, "batchSize"),
                Epochs = Number(recipe, "epochs"),
                ReviewPasses = (int)Number(recipe, "reviewPasses"),
                Seed = (int)Number(recipe, "seed"),
                MaxLength = (int)Number(recipe, "maxLength"),
                TargetModules = Text(recipe, "targetModules"),
                ValidationSplit = Number(recipe, "validationSplit"),
                Patience = (int)Number(recipe, "patience"),
                LoraPlusRatio = Number(recipe, "loraPlusRatio"),
                RsLora = recipe.GetBoolean("rsLora") ?? false,
            },
            Gates = new PlannedGates(gates.GetNumber("minAccuracy"), gates.GetNumber("maxRegression"))
            {
                MinF1 = gates.GetNumber("minF1"),
                MinRougeL = gates.GetNumber("minRougeL"),
                MinChrf = gates.GetNumber("minChrf"),
                MinFieldAccuracy = gates.GetNumber("minFieldAccuracy"),
                MaxQuantizationLoss = gates.GetNumber("maxQuantizationLoss"),
            },
            LastAccuracy = Member(root, "lastAccuracy").Properties.ToDictionary(
                entry => entry.Name, entry => Member(root, "lastAccuracy").GetNumber(entry.Name) ?? 0, StringComparer.Ordinal),
            Prompts = [.. Member(root, "prompts").Items.Select(ReadPrompt)],
        };
    }

    private static void WritePrompt(JsonTextWriter writer, PlannedPrompt prompt)
    {
        writer.BeginObject()
            .String("name", prompt.Name)
            .String("path", prompt.Path)
            .String("displayPath", prompt.DisplayPath)
            .String("testRowsHash", prompt.TestRowsHash)
            .BeginObject("labels");
        foreach (KeyValuePair<string, IReadOnlyList<string>> entry in prompt.Labels)
        {
            writer.Strings(entry.Key, entry.Value);
        }

        writer.EndObject().BeginArray("datasets");
        foreach (PlannedDataset dataset in prompt.Datasets)
        {
            writer.BeginObject()
                .String("path", dataset.Path)
                .String("displayPath", dataset.DisplayPath)
                .String("split", dataset.Split)
                .Number("weight", dataset.Weight)
                .EndObject();
        }

        writer.EndArray().EndObject();
    }

    private static PlannedPrompt ReadPrompt(JsonValue prompt) => new()
    {
        Name = Text(prompt, "name"),
        Path = Text(prompt, "path"),
        DisplayPath = Text(prompt, "displayPath"),
        TestRowsHash = Text(prompt, "testRowsHash"),
        Labels = Member(prompt, "labels").Properties.ToDictionary(
            entry => entry.Name, entry => (IReadOnlyList<string>)[.. entry.Value.Items.Select(item => item.Text)], StringComparer.Ordinal),
        Datasets =
        [
            .. Member(prompt, "datasets").Items.Select(item =>
                new PlannedDataset(Text(item, "path"), Text(item, "displayPath"), Text(item, "split"), Number(item, "weight"))),
        ],
    };

    private static void OptionalNumber(JsonTextWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.Number(name, number);
        }
    }

    private static JsonValue Member(JsonValue parent, string name) =>
        parent[name] ?? throw new EdgeBuildException(ErrorCodes.WorkerDefect, $"The training plan lacks '{name}'.");

    private static string Text(JsonValue parent, string name) =>
        parent.GetString(name) ?? throw new EdgeBuildException(ErrorCodes.WorkerDefect, $"The training plan lacks '{name}'.");

    private static double Number(JsonValue parent, string name) =>
        parent.GetNumber(name) ?? throw new EdgeBuildException(ErrorCodes.WorkerDefect, $"The training plan lacks '{name}'.");
}
