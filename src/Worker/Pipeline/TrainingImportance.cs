using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>The importance of every matrix's inputs for the prompts that the model is trained on: what the app will ask is like them.</summary>
public static class TrainingImportance
{
    /// <summary>A mean of squares over so many tokens is stable, and they take a few seconds.</summary>
    private const int MostTokens = 4096;

    /// <summary>Measures base and adapter on some training rows.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="adapterPath">The GGUF adapter.</param>
    /// <param name="examples">The training rows.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>One value an input, by the name of the matrix.</returns>
    public static IReadOnlyDictionary<string, float[]> Measure(
        TrainingPlan plan, string adapterPath, IReadOnlyList<TrainingExample> examples, CancellationToken cancellationToken)
    {
        using LlamaModel model = LlamaModel.Load(plan.Base.Path, new LlamaModelOptions { Validate = false }, cancellationToken);
        using LlamaAdapter adapter = LlamaAdapter.Load(model, adapterPath);
        return ImportanceMatrix.Collect(model, adapter, Choose(examples), plan.ThreadLimit, cancellationToken);
    }

    /// <summary>Takes rows evenly over the data, so that all labels and prompts are among them.</summary>
    private static List<int[]> Choose(IReadOnlyList<TrainingExample> examples)
    {
        long all = examples.Sum(example => (long)example.PromptTokens.Length + example.CompletionTokens.Length);
        double step = Math.Max(1, (double)all / MostTokens);
        var chosen = new List<int[]>();
        for (double index = 0; index < examples.Count; index += step)
        {
            TrainingExample example = examples[(int)index];
            chosen.Add([.. example.PromptTokens, .. example.CompletionTokens]);
        }

        return chosen;
    }
}
