using System.Globalization;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Benchmarks;

/// <summary>
/// The accuracy on a folder with train.csv and test.csv after a training with the untouched defaults of the product, of all rows or of so many of
/// each label, measured on the quantized file through the runtime, with ML.NET on the same rows beside it.
/// </summary>
/// <param name="source">The folder.</param>
/// <param name="shots">The rows of each label; 0 for all.</param>
internal sealed class IntentAccuracy(string source, int shots)
{
    // What BANKING77 has to reach: more than embeddings of a sentence encoder with logistic regression (85.4 and 93.2 %).
    private const int Banking77Labels = 77;
    private const int TenShots = 10;
    private const double TenShotGoal = 0.86;
    private const double FullGoal = 0.937;

    /// <summary>Measures.</summary>
    /// <param name="seeds">The seeds of the draws.</param>
    /// <param name="log">Receives what is being done.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    /// <returns>The figures.</returns>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(IReadOnlyList<int> seeds, TextWriter log, CancellationToken cancellationToken)
    {
        string work = Path.Combine(RepositoryFolder.Artifacts, "Accuracy");
        (string Text, string Category)[] train = [.. IntentRows.Read(Path.Combine(source, "train.csv"))];
        (string Text, string Category)[] test = [.. IntentRows.Read(Path.Combine(source, "test.csv"))];
        string[] labels = [.. train.Select(row => row.Category).Distinct()];
        var accuracies = new List<double>();
        var references = new List<double>();
        foreach (int seed in seeds)
        {
            string cache = Path.Combine(work, "cache");
            try
            {
                PrivateCache.Create(cache);
                (string Text, string Category)[] rows = Draw(train, seed);
                var task = IntentTask.Create(labels, test, work);
                using IntentRun run = task.Open(IntentRows.Write(Path.Combine(work, "train.csv"), rows), cache);
                await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Draw {seed}: training on {rows.Length} rows"));
                IntentResult result = await run.TrainAsync(log, cancellationToken);
                accuracies.Add(await run.AccuracyAsync(result.ModelPath, run.Rows.Test, cancellationToken));
                await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Draw {seed}: {accuracies[^1]:P2} of {run.Rows.Test.Count} test rows; ML.NET"));
                references.Add(Reference(rows, test));
            }
            finally
            {
                PrivateCache.Delete(cache);
                ProjectCopy.Delete(work);
            }
        }

        string name = string.Create(
            CultureInfo.InvariantCulture, $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(source))}, {(shots > 0 ? $"{shots} rows a label, mean of {seeds.Count}" : "all rows")}: accuracy");
        double? required = (labels.Length, shots) switch
        {
            (Banking77Labels, TenShots) => TenShotGoal,
            (Banking77Labels, 0) => FullGoal,
            _ => null,
        };
        return
        [
            new Figure
            {
                Name = name,
                Value = accuracies.Average(),
                Unit = "%",
                ReferenceName = "ML.NET",
                Reference = references.Average(),
                Goal = required is { } goal ? string.Create(CultureInfo.InvariantCulture, $">= {goal:P1}, and the reference") : "the reference",
                Passed = accuracies.Average() >= Math.Max(required ?? 0, references.Average()),
            },
        ];
    }

    private static double Reference((string Text, string Category)[] rows, (string Text, string Category)[] test) =>
        TextClassificationReference.Predict(rows.Select(row => (row.Text, row.Category)), test.Select(row => row.Text))
            .Zip(test)
            .Count(pair => pair.First.Label == pair.Second.Category) / (double)test.Length;

    private (string Text, string Category)[] Draw((string Text, string Category)[] train, int seed)
    {
        if (shots == 0)
        {
            return train;
        }

        (string Text, string Category)[] shuffled = [.. train];
        new Random(seed).Shuffle(shuffled);
        return [.. shuffled.GroupBy(row => row.Category).SelectMany(label => label.Take(shots))];
    }
}
