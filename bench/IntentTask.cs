using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// A folder with train.csv and test.csv (text, category), such as BANKING77, as two states of one dataset: the second has a share of the rows
/// of the first exchanged for others.
/// </summary>
internal sealed class IntentTask
{
    private const string PromptText = "---\nname: intent\nmetadata:\n  edge:\n    maxInputTokens: 256\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: category\n    kind: string\n---\nsystem:\nName the category of the text.\n\nuser:\n{{text}}\n";

    private readonly string _folder;
    private readonly string _testPath;
    private readonly string[] _labels;

    private IntentTask(string folder, string before, string after, string testPath, string[] labels, int rowCount, int changedCount)
    {
        _folder = folder;
        Before = before;
        After = after;
        _testPath = testPath;
        _labels = labels;
        RowCount = rowCount;
        ChangedCount = changedCount;
    }

    /// <summary>Gets the file of the first state.</summary>
    public string Before { get; }

    /// <summary>Gets the file of the second state.</summary>
    public string After { get; }

    /// <summary>Gets the number of training rows of either state.</summary>
    public int RowCount { get; }

    /// <summary>Gets the number of rows that were exchanged.</summary>
    public int ChangedCount { get; }

    /// <summary>Reads a folder and writes both states.</summary>
    /// <param name="source">The folder.</param>
    /// <param name="wanted">The number of training rows; fewer when there are not so many.</param>
    /// <param name="changedShare">The share to exchange.</param>
    /// <param name="folder">Where to write.</param>
    /// <returns>The task.</returns>
    public static IntentTask Read(string source, int wanted, double changedShare, string folder)
    {
        // Each text once, in an order that means nothing and is always the same.
        (string Text, string Category)[] train =
        [
            .. ReadRows(Path.Combine(source, "train.csv")).DistinctBy(row => row.Text).OrderBy(row => ContentKey.OfText(row.Text), StringComparer.Ordinal),
        ];
        int rows = Math.Min(wanted, (int)(train.Length / (1 + changedShare)));
        int changed = (int)Math.Round(rows * changedShare);

        // A label that only one state has would make another prompt of it, and no refresh; so labels are those that both have.
        string[] labels =
        [
            .. train.Take(rows).Select(row => row.Category).Intersect(train.Skip(changed).Take(rows).Select(row => row.Category)).Order(StringComparer.Ordinal),
        ];
        train = [.. train.Where(row => labels.Contains(row.Category))];
        IEnumerable<(string Text, string Category)> test = ReadRows(Path.Combine(source, "test.csv")).Where(row => labels.Contains(row.Category));
        rows = Math.Min(rows, train.Length - changed);
        return new IntentTask(
            folder,
            Write(Path.Combine(folder, "before.csv"), train.Take(rows)),
            Write(Path.Combine(folder, "after.csv"), train.Skip(changed).Take(rows)),
            Write(Path.Combine(folder, "test.csv"), test.OrderBy(row => ContentKey.OfText(row.Text), StringComparer.Ordinal).Take(rows)),
            labels,
            rows,
            changed);
    }

    /// <summary>Makes everything that a training of a state needs.</summary>
    /// <param name="trainPath">The file of the state.</param>
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

    private static IEnumerable<(string Text, string Category)> ReadRows(string path)
    {
        void Fail(Diagnostic finding) => throw new EdgeBuildException(finding.Code, finding.Message, finding.Path, finding.Position);
        foreach (DatasetRecord record in DatasetReader.Read(path, path, Fail))
        {
            if (record.Find("text") is not { } text || record.Find("category") is not { } category)
            {
                throw new EdgeBuildException(ErrorCodes.MissingColumn, "The file needs the columns text and category.", path, record.Position);
            }

            yield return (text.Text, category.Text);
        }
    }

    private static string Write(string path, IEnumerable<(string Text, string Category)> rows)
    {
        static string Quote(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        File.WriteAllText(path, "text,category\n" + string.Concat(rows.Select(row => string.Create(CultureInfo.InvariantCulture, $"{Quote(row.Text)},{Quote(row.Category)}\n"))));
        return path;
    }
}
