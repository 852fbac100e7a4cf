using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>Texts and their category as the task of a prompt, trained with the defaults of the product and measured on test rows.</summary>
internal sealed class IntentTask
{
    private const string PromptText = "---\nname: intent\nmetadata:\n  edge:\n    maxInputTokens: 256\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: category\n    kind: string\n---\nsystem:\nName the category of the text.\n\nuser:\n{{text}}\n";

    private readonly string _folder;
    private readonly string _testPath;
    private readonly string[] _labels;

    private IntentTask(string folder, string testPath, string[] labels)
    {
        _folder = folder;
        _testPath = testPath;
        _labels = labels;
    }

    /// <summary>Writes the test rows and gives the task.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="test">The test rows.</param>
    /// <param name="folder">Where to write.</param>
    /// <returns>The task.</returns>
    public static IntentTask Create(IEnumerable<string> labels, IEnumerable<(string Text, string Category)> test, string folder) =>
        new(folder, IntentRows.Write(Path.Combine(folder, "test.csv"), test), [.. labels.Order(StringComparer.Ordinal)]);

    /// <summary>Makes everything that a training needs.</summary>
    /// <param name="trainPath">The file of the training rows.</param>
    /// <param name="cacheFolder">The cache.</param>
    /// <returns>The run.</returns>
    public IntentRun Open(string trainPath, string cacheFolder)
    {
        string promptPath = Path.Combine(_folder, "intent.prompty");
        File.WriteAllText(promptPath, PromptText);
        var planned = new PlannedPrompt
        {
            Name = "intent",
            Path = promptPath,
            DisplayPath = Path.GetFileName(promptPath),
            Labels = new Dictionary<string, IReadOnlyList<string>> { ["category"] = _labels },
            Datasets =
            [
                new PlannedDataset(trainPath, Path.GetFileName(trainPath), DatasetSplits.Train, 1),
                new PlannedDataset(_testPath, Path.GetFileName(_testPath), DatasetSplits.Test, 1),
            ],
            TestRowsHash = string.Empty,
        };
        var plan = new TrainingPlan
        {
            Model = "Intent",
            AdapterKey = ContentKey.OfFile(trainPath),
            ModelKey = ContentKey.OfFile(trainPath),
            ParentAdapterKey = string.Empty,
            Quantization = "Q8_0",
            CacheDirectory = cacheFolder,
            Base = new PlannedBase("smollm2", RepositoryFolder.EmbeddedBase, ContentKey.OfFile(RepositoryFolder.EmbeddedBase), "Apache-2.0", "embedded"),
            Recipe = new PlannedRecipe(),
            Gates = new PlannedGates(null, null),
            Prompts = [planned],
            LastAccuracy = new Dictionary<string, double>(),
            MaxTrainingMinutes = 0,
            Threads = 0,
            Offline = false,
        };
        LlamaModel vocabulary = LlamaModel.Load(RepositoryFolder.EmbeddedBase, new LlamaModelOptions { VocabularyOnly = true });
        var prompt = TrainedPrompt.Load(planned, ChatFormat.Detect(vocabulary.GetMetadata("tokenizer.chat_template"))!);
        return new IntentRun(plan, prompt, RowSet.Load([prompt], plan.Recipe.Seed, plan.Recipe.ValidationSplit), new ExampleBuilder(vocabulary.Vocabulary, [prompt]), vocabulary);
    }
}
