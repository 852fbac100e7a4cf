using System.Globalization;
using System.Text;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;
using YamlDotNet.Serialization;

namespace EdgeBuild.Worker.Exporting;

/// <summary>The README.md of a repository on Hugging Face, with the metadata that its pages read.</summary>
public static class ModelCard
{
    /// <summary>Writes the card.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Its prompts.</param>
    /// <param name="modelFileName">The GGUF file beside it.</param>
    /// <returns>Markdown.</returns>
    public static string Write(BuiltModel model, IReadOnlyList<TrainedPrompt> prompts, string modelFileName)
    {
        EvaluationRecord record = model.Record;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var text = new StringBuilder("---\n").Append(new SerializerBuilder().Build().Serialize(Metadata(model, record)).ReplaceLineEndings("\n")).Append("---\n\n");
        text.Append("# ").Append(model.Plan.Model).Append("\n\n");
        text.Append(invariant, $"`{model.Plan.Base.Name}` fine-tuned by EdgeBuild {EdgeBuildVersion.Current} (LoRA, merged, {record.File.Quantization}), {record.Size / 1e6:0.0} MB. It answers the prompts below and nothing else.\n\n");
        text.Append("## Figures\n\nMeasured on the quantized file.\n\n| prompt / output | rows | exactly right | interval of 95 % | macro F1 | untuned base |\n|---|---|---|---|---|---|\n");
        foreach (OutputEvaluation output in record.Shipped)
        {
            WilsonInterval interval = WilsonInterval.Of(output.Correct, output.Rows);
            string untuned = record.Find(EvaluationSet.Base) is { } others && output.In(others) is { } before ? before.Accuracy.ToString("P1", invariant) : string.Empty;
            text.Append(invariant, $"| {output.Prompt} / {output.Output} | {output.Rows} | {output.Accuracy:P1} | {interval.Low:P1} to {interval.High:P1} | {output.MacroF1?.ToString("P1", invariant)} | {untuned} |\n");
        }

        text.Append(invariant, $"\n## Use\n\nThe chat template in `{modelFileName}` is the format that it was trained with. Send the messages as they stand here, with your input in place of the braces; temperature 0.\n");
        foreach (TrainedPrompt prompt in prompts)
        {
            text.Append("\n### ").Append(prompt.Name).Append("\n\n");
            foreach (Prompts.PromptMessage message in prompt.Document.Messages)
            {
                string content = string.Concat(message.Parts.Select(part => part.IsPlaceholder ? "{{" + part.Text + "}}" : part.Text));
                text.Append("**").Append(message.Role.ToString().ToLowerInvariant()).Append("**\n\n~~~~text\n").Append(content).Append("\n~~~~\n\n");
            }

            foreach (KeyValuePair<string, IReadOnlyList<string>> labels in prompt.Labels.ByOutput)
            {
                text.Append("Answers of `").Append(labels.Key).Append("`: ").AppendJoin(", ", labels.Value.Select(label => $"`{label}`")).Append(".\n");
            }
        }

        text.Append("\n## Made of\n\n");
        foreach (KeyValuePair<string, string> fact in GgufProvenance.Facts(model.Plan, record.File.Quantization, model.AdapterPath))
        {
            text.Append("* ").Append(fact.Key).Append(": ").Append(fact.Value).Append('\n');
        }

        return text.ToString();
    }

    private static Dictionary<string, object> Metadata(BuiltModel model, EvaluationRecord record)
    {
        var metadata = new Dictionary<string, object>();
        if (model.Plan.Base.License.Length > 0)
        {
            metadata["license"] = model.Plan.Base.License.ToLowerInvariant();
        }

        metadata["base_model"] = model.Plan.Base.Name;
        metadata["library_name"] = "gguf";
        metadata["pipeline_tag"] = "text-generation";
        metadata["tags"] = new[] { "edgebuild", "lora", "gguf" };
        metadata["model-index"] = new[]
        {
            new Dictionary<string, object>
            {
                ["name"] = model.Plan.Model,
                ["results"] = record.Shipped.Select(output => new Dictionary<string, object>
                {
                    ["task"] = new Dictionary<string, string> { ["type"] = output.Kind == OutputKind.Label ? "text-classification" : "text-generation" },
                    ["dataset"] = new Dictionary<string, string> { ["name"] = $"{output.Prompt} test rows", ["type"] = "private" },
                    ["metrics"] = new[] { new Dictionary<string, object> { ["type"] = "accuracy", ["name"] = output.Output, ["value"] = Math.Round(output.Accuracy, 4) } },
                }).ToArray(),
            },
        };
        return metadata;
    }
}
