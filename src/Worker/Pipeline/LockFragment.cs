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
    /// <param name="unquantized">Those of the model before quantizing, or null.</param>
    public static void AddMetrics(
        LockFile fragment,
        TrainingPlan plan,
        IReadOnlyList<OutputEvaluation> figures,
        IReadOnlyList<OutputEvaluation> untuned,
        IReadOnlyList<OutputEvaluation>? unquantized)
    {
        foreach (OutputEvaluation evaluation in figures)
        {
            OutputEvaluation before = evaluation.In(untuned)!;
            fragment.Metrics[plan.MetricKey(evaluation.Prompt, evaluation.Output)] = Figures(evaluation) with
            {
                BaseAccuracy = before.Accuracy,
                BaseRougeL = before.Text?.RougeL,
                BaseChrf = before.Text?.Chrf,
                RowsHash = plan.Prompts.First(prompt => prompt.Name == evaluation.Prompt).TestRowsHash,
                QuantizationLoss = unquantized is null ? null : QuantizationLoss.Of(evaluation.In(unquantized)!, evaluation),
            };
        }
    }

    /// <summary>The figures of an output by themselves, as gates are held against them.</summary>
    /// <param name="evaluation">The answers of the file that ships.</param>
    /// <returns>The figures, without those of other models.</returns>
    public static LockedMetric Figures(OutputEvaluation evaluation) => new()
    {
        Accuracy = evaluation.Accuracy,
        MacroF1 = evaluation.MacroF1,
        RougeL = evaluation.Text?.RougeL,
        Chrf = evaluation.Text?.Chrf,
        FieldAccuracy = evaluation.FieldAccuracy,
        Rows = evaluation.Rows,
        BaseAccuracy = 0,
        RowsHash = string.Empty,
    };
}
