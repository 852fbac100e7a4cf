using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;

namespace EdgeBuild.Samples.Tests;

/// <summary>What holds for the data of every sample.</summary>
[TestClass]
public sealed class SampleDataTests
{
    /// <summary>So many words in a row are a phrase that two writers seldom share; a row that shares most of its phrases is the same row.</summary>
    private const int PhraseWords = 5;

    public static IEnumerable<string> Samples => Sample.All.Select(sample => sample.Name);

    public static IEnumerable<string> Tasks => SampleTask.Names;

    [TestMethod]
    public void There_is_a_sample_with_data() => Assert.Contains("TicketTriage", Samples);

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void There_are_rows_enough_to_learn_from_and_to_measure(string name)
    {
        Sample sample = Sample.Named(name);
        Assert.IsGreaterThanOrEqualTo(200, sample.Tasks.Sum(task => task.Training.Count), "training rows");
        Assert.IsGreaterThanOrEqualTo(100, sample.Tasks.Sum(task => task.Test.Count), "test rows");
        foreach (SampleTask task in sample.Tasks)
        {
            Assert.IsGreaterThanOrEqualTo(80, task.Training.Count, $"training rows of {task}");
            Assert.IsGreaterThanOrEqualTo(40, task.Test.Count, $"test rows of {task}");
        }
    }

    [TestMethod]
    [DynamicData(nameof(Samples))]
    public void Every_data_file_is_listed_in_the_project(string name)
    {
        Sample sample = Sample.Named(name);
        string[] listed = [.. sample.Items("EdgeDataset").Select(item => Path.GetFileName(Sample.Metadata(item, "Include")!)).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(
            Directory.GetFiles(Path.Combine(sample.Folder, "data")).Where(path => !path.EndsWith(".md", StringComparison.Ordinal)).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).ToArray(), listed);
    }

    [TestMethod]
    [DynamicData(nameof(Tasks))]
    public void A_build_has_nothing_to_say_about_the_rows(string name)
    {
        SampleTask task = SampleTask.Named(name);
        // A customer need not have rows of every label that another one has: the build does not say so either.
        Diagnostic[] findings = [.. task.Validation.Diagnostics.Where(finding => task.Adapter.Length == 0 || finding.Code != ErrorCodes.LabelWithoutRows)];
        Assert.IsEmpty(findings, string.Join<Diagnostic>('\n', findings));
    }

    [TestMethod]
    [DynamicData(nameof(Tasks))]
    public void No_row_occurs_twice(string name)
    {
        SampleTask task = SampleTask.Named(name);
        string[] repeated =
        [
            .. task.Training.Concat(task.Test).GroupBy(row => string.Join('\n', row.Words.OrderBy(input => input.Key).Select(input => string.Join(' ', input.Value))))
                .Where(group => group.Count() > 1)
                .Select(group => string.Join(" = ", group.Select(row => row.Place))),
        ];
        Assert.IsEmpty(repeated, string.Join(", ", repeated));
    }

    [TestMethod]
    [DynamicData(nameof(Tasks))]
    public void No_test_row_shares_most_phrases_with_a_training_row(string name)
    {
        SampleTask task = SampleTask.Named(name);
        ILookup<(string Input, string Phrase), SampleRow> phrases = task.Training
            .SelectMany(row => Phrases(row).Select(phrase => (phrase, row))).ToLookup(entry => entry.phrase, entry => entry.row);
        string[] leaks =
        [
            .. task.Test.SelectMany(row => Phrases(row).SelectMany(phrase => phrases[phrase].Select(other => (phrase.Input, other)))
                .CountBy(shared => shared)
                .Where(entry => entry.Value > Math.Max(PhraseCount(row, entry.Key.Input), PhraseCount(entry.Key.other, entry.Key.Input)) / 2)
                .CountBy(entry => entry.Key.other)
                // A question about a text that others ask about too is another question: every input must be the same.
                .Where(entry => entry.Value == row.Inputs.Count)
                .Select(entry => $"{row.Place} = {entry.Key.Place}")),
        ];
        Assert.IsEmpty(leaks, string.Join(", ", leaks));
    }

    [TestMethod]
    [DynamicData(nameof(Tasks))]
    public void Every_label_has_at_least_a_quarter_of_an_even_share(string name)
    {
        SampleTask task = SampleTask.Named(name);
        foreach ((string output, IReadOnlyList<string> labels, Func<SampleRow, string> label) in Labelled(task))
        {
            foreach (IReadOnlyList<SampleRow> rows in new[] { task.Training, task.Test })
            {
                Dictionary<string, int> counts = rows.CountBy(label).ToDictionary();
                foreach (string one in labels)
                {
                    Assert.IsGreaterThanOrEqualTo(rows.Count / 4.0 / labels.Count, counts.GetValueOrDefault(one), $"rows of {output} {one} among {rows.Count} of {rows[0].Place}");
                }
            }
        }
    }

    private static int PhraseCount(SampleRow row, string input) => row.WordSequences(input, PhraseWords).Distinct().Count();

    private static IEnumerable<(string Input, string Phrase)> Phrases(SampleRow row) =>
        row.Words.Keys.SelectMany(input => row.WordSequences(input, PhraseWords).Distinct().Select(phrase => (input, phrase)));

    private static IEnumerable<(string Output, IReadOnlyList<string> Labels, Func<SampleRow, string> Label)> Labelled(SampleTask task) =>
        task.Prompt.Tools is { Count: > 0 } tools
            ? [(PromptTool.NameKey, [.. tools.Select(tool => tool.Name)], row => FunctionName(row.Outputs[PromptTool.OutputName]))]
            : task.Prompt.Outputs.Where(output => output.IsLabelled && output.Required).Select(output =>
                (output.Name, output.Kind == PromptValueKind.Boolean ? [AnswerText.True, AnswerText.False] : LabelsOf(task, output.Name), (Func<SampleRow, string>)(row => row.Outputs[output.Name])));

    /// <summary>One customer of several may use some of the labels only.</summary>
    private static IReadOnlyList<string> LabelsOf(SampleTask task, string output) =>
        task.Adapter.Length == 0 ? task.Validation.Labels[output] : [.. task.Training.Concat(task.Test).Select(row => row.Outputs[output]).Distinct()];

    private static string FunctionName(string call)
    {
        using JsonDocument json = JsonDocument.Parse(call);
        return json.RootElement.GetProperty(PromptTool.NameKey).GetString()!;
    }
}
