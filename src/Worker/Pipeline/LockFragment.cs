using EdgeBuild.Contracts.Bases;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>The part of the lock file that belongs to one artifact.</summary>
public static class LockFragment
{
    /// <summary>Adds a model with its prompts and labels.</summary>
    /// <param name="fragment">The part.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="sha256">The hash of the model's file.</param>
    /// <param name="prompts">The prompts.</param>
    public static void AddModel(LockFile fragment, TrainingPlan plan, string sha256, IReadOnlyList<TrainedPrompt> prompts)
    {
        fragment.Models[plan.Model] = new LockedModel
        {
            ModelKey = plan.ModelKey,
            AdapterKey = plan.AdapterKey,
            Sha256 = sha256,
            Quantization = plan.Quantization,
            Base = plan.Base.Name,
            BaseSha256 = plan.Base.Sha256,
            BaseSource = BaseSource.IsRemote(plan.Base.Source) ? plan.Base.Source : string.Empty,
            License = plan.Base.License,
        };
        foreach (TrainedPrompt prompt in prompts)
        {
            fragment.Prompts[prompt.Name] = prompt.Compiled.Hash;
            foreach (PromptOutput output in prompt.Document.Outputs.Where(output => output.IsLabelled && output.Kind == PromptValueKind.String))
            {
                fragment.Labels[LockFile.OutputKey(prompt.Name, output.Name)] = prompt.Labels[output.Name];
            }
        }
    }

    /// <summary>Adds figures.</summary>
    /// <param name="fragment">The part.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="figures">The figures of the file that ships.</param>
    /// <param name="untuned">Those of the untuned base.</param>
    public static void AddMetrics(LockFile fragment, TrainingPlan plan, IReadOnlyList<OutputEvaluation> figures, IReadOnlyList<OutputEvaluation> untuned)
    {
        foreach (OutputEvaluation evaluation in figures)
        {
            fragment.Metrics[plan.MetricKey(evaluation.Prompt, evaluation.Output)] = new LockedMetric
            {
                Accuracy = evaluation.Accuracy,
                MacroF1 = evaluation.MacroF1,
                Rows = evaluation.Rows,
                BaseAccuracy = evaluation.SameIn(untuned).Accuracy,
                RowsHash = plan.Prompts.First(prompt => prompt.Name == evaluation.Prompt).TestRowsHash,
            };
        }
    }
}
