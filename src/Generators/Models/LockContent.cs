using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Prompts;

namespace EdgeBuild.Generators.Models;

/// <summary>What generated code needs of edgebuild.lock.json.</summary>
/// <param name="Labels">The labels by <c>prompt/output</c>.</param>
/// <param name="Scores">The scores by <c>prompt/output</c>.</param>
/// <param name="Error">Why the file cannot be read, or null.</param>
internal sealed record LockContent(EquatableArray<LockedLabels> Labels, EquatableArray<Score> Scores, Finding? Error)
{
    /// <summary>Gets the hashes of the prompts that the models were trained for, as <c>(prompt, hash)</c>.</summary>
    public EquatableArray<(string Prompt, string Hash)> Prompts { get; init; }

    /// <summary>A project without a lock file.</summary>
    public static LockContent Empty { get; } = new(default, default, null);

    /// <summary>Reads a lock file.</summary>
    public static LockContent Read(string path, string text)
    {
        try
        {
            LockFile file = LockFile.Parse(path, text);
            return new LockContent(
                new(file.Labels.Select(entry => new LockedLabels(entry.Key, new(entry.Value)))),
                new(file.Metrics.Select(entry => new Score(entry.Key, entry.Value.Accuracy, entry.Value.BaseAccuracy, entry.Value.Rows) { RougeL = entry.Value.RougeL, BaseRougeL = entry.Value.BaseRougeL })),
                null)
            {
                Prompts = new(file.Prompts.Select(entry => (entry.Key, entry.Value))),
            };
        }
        catch (EdgeBuildException exception)
        {
            return Empty with { Error = Finding.From(exception.ToDiagnostic(), text) };
        }
    }

    /// <summary>What the file says about one prompt; whether it can be read at all is no matter of a prompt.</summary>
    public LockContent Of(string prompt)
    {
        string prefix = LockFile.OutputKey(prompt, string.Empty);
        return new LockContent(
            new(Labels.Where(labels => labels.Key.StartsWith(prefix, StringComparison.Ordinal))),
            new(Scores.Where(score => score.Key.StartsWith(prefix, StringComparison.Ordinal))),
            null)
        {
            Prompts = new(Prompts.Where(entry => entry.Prompt == prompt)),
        };
    }

    /// <summary>The hash of the prompt that the model was trained for, or null.</summary>
    public string? HashOf(string prompt) => Prompts.FirstOrDefault(entry => entry.Prompt == prompt).Hash;

    /// <summary>The labels of one prompt by output name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> LabelsOf(PromptDocument document)
    {
        int prefix = LockFile.OutputKey(document.Name, string.Empty).Length;
        return Labels.ToDictionary(labels => labels.Key.Substring(prefix), labels => (IReadOnlyList<string>)[.. labels.Labels], StringComparer.Ordinal);
    }

    /// <summary>The score of one output, or null.</summary>
    public Score? ScoreOf(string prompt, string output)
    {
        string key = LockFile.OutputKey(prompt, output);
        return Scores.FirstOrDefault(score => score.Key == key);
    }
}
