using System.Globalization;
using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// The figures of the untuned base, measured once for the same base, prompts and test rows: they cost as much time as those of the tuned
/// file and do not change with the training rows.
/// </summary>
/// <param name="cache">The cache.</param>
/// <param name="plan">The plan.</param>
/// <param name="prompts">Its prompts.</param>
public sealed class BaseEvaluation(ArtifactCache cache, TrainingPlan plan, IReadOnlyList<TrainedPrompt> prompts)
{
    /// <summary>What the untuned base gets right needs no fine figure: its rows would take longer than those of the file that ships.</summary>
    private const int MostRows = 128;

    /// <summary>Thresholds need the tails, which this many rows show; more would only take time.</summary>
    public const int MostCalibrationRows = 512;

    /// <summary>Chooses the rows to measure: all when they are few, else some of every prompt, evenly spread over its rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="mostRows">The number of rows of all prompts together.</param>
    /// <returns>A part of them in their order.</returns>
    public static IReadOnlyList<LabelledRow> Sample(IReadOnlyList<LabelledRow> rows, int mostRows = MostRows)
    {
        LabelledRow[][] byPrompt = [.. rows.GroupBy(row => row.Prompt).Select(group => group.ToArray())];
        int most = Math.Max(1, mostRows / Math.Max(1, byPrompt.Length));
        return [.. byPrompt.SelectMany(group =>
            Enumerable.Range(0, Math.Min(most, group.Length)).Select(index => group[(int)((long)index * group.Length / Math.Min(most, group.Length))]))];
    }

    /// <summary>Gets the figures from the cache, or measures them.</summary>
    /// <param name="measure">Measures.</param>
    /// <returns>One entry for each output of each prompt.</returns>
    public async Task<IReadOnlyList<OutputEvaluation>> GetAsync(Func<Task<IReadOnlyList<OutputEvaluation>>> measure)
    {
        // Held-back test rows change with the training rows and have no hash of their own.
        bool cacheable = plan.Prompts.All(prompt => prompt.TestRowsHash.Length > 0);
        string path = cache.EvaluationPath(Key());
        if (cacheable && File.Exists(path))
        {
            return JsonSerializer.Deserialize<OutputEvaluation[]>(await File.ReadAllTextAsync(path), EvaluationRecord.JsonOptions)!;
        }

        IReadOnlyList<OutputEvaluation> measured = await measure();
        if (cacheable)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            new CacheOwners(plan.CacheDirectory).Record(plan.Name, CacheOwners.Evaluation(Path.GetFileName(path)));
            AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, measured, EvaluationRecord.JsonOptions));
        }

        return measured;
    }

    private string Key()
    {
        using ContentKey key = new ContentKey().Add("base", plan.Base.Sha256).Add("release", LlamaCppRelease.Version).Add("most rows", $"{MostRows}").Add("format", "outcomes").Add("labels", "without their ends")
            .Add("answer limit", AnswerLimit.Margin.ToString(CultureInfo.InvariantCulture));
        foreach (TrainedPrompt prompt in prompts)
        {
            key.Add("prompt", prompt.Compiled.Hash).Add("rows", prompt.Planned.TestRowsHash);
        }

        return key.Finish();
    }
}
