using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>The preview of a prompt: its segments with the values of a row in their places.</summary>
internal static class PromptRendering
{
    /// <summary>Renders a prompt.</summary>
    /// <param name="file">The prompt.</param>
    /// <param name="row">The row of its datasets, from 0.</param>
    public static RenderedPrompt Render(PromptFile file, int row)
    {
        if (Compile(file, out string? problem) is not { } compiled)
        {
            return new RenderedPrompt(FormatOf(file).Id, null, 0, [], [], 0, problem);
        }

        PromptDocument document = compiled.Document;
        (DatasetRecord? record, PlannedDataset? dataset) = Row(file, row);
        RenderedSegment[] Fill(IReadOnlyList<PromptSegment> segments) =>
        [
            .. segments.Select(segment => new RenderedSegment(segment.Kind.ToString().ToLowerInvariant(), segment.Kind switch
            {
                SegmentKind.Input => record?.Find(document.Inputs[segment.SlotIndex].Name)?.Text ?? $"{{{{{document.Inputs[segment.SlotIndex].Name}}}}}",
                SegmentKind.Output => record?.Find(document.Outputs[segment.SlotIndex].Name)?.Text ?? document.Outputs[segment.SlotIndex].Name,
                _ => segment.Text,
            })),
        ];
        return new RenderedPrompt(
            compiled.Format.Id, dataset?.Path, record?.Position.Line ?? 0, Fill(compiled.Prompt), Fill(compiled.Completion), compiled.PrefixSegmentCount, null);
    }

    /// <summary>Compiles a prompt as training and runtime do.</summary>
    /// <param name="file">The prompt.</param>
    /// <param name="problem">Why it cannot be.</param>
    public static CompiledPrompt? Compile(PromptFile file, out string? problem)
    {
        problem = null;
        if (file.Parsed.Document is not { } document)
        {
            problem = "The prompt has errors. Correct them first.";
            return null;
        }

        var labels = document.Outputs.Where(output => file.LabelsOf(output.Name).Count > 0).ToDictionary(output => output.Name, output => file.LabelsOf(output.Name));
        LabelSet set = LabelSet.From(document, labels);
        if (set.IsComplete)
        {
            return CompiledPrompt.Compile(document, set, FormatOf(file));
        }

        problem = $"The labels of '{set.Missing[0].Name}' are not known yet. Build once, or list them as enumValues.";
        return null;
    }

    /// <summary>The format of the base that the last build has used; ChatML, that of the embedded base, before the first one.</summary>
    private static ChatFormat FormatOf(PromptFile file)
    {
        if (file.Project?.PlansOfPrompt(file.Path).FirstOrDefault().Plan is { } plan)
        {
            string manifest = Path.Combine(CacheLayout.ModelDirectory(plan.CacheDirectory, plan.ModelKey), plan.FileStem + ArtifactFiles.ManifestSuffix);
            if (File.Exists(manifest) && JsonText.Parse(File.ReadAllText(manifest)).GetString("chatFormat") is { } id)
            {
                return ChatFormat.FromId(id) ?? ChatFormat.ChatML;
            }
        }

        return ChatFormat.ChatML;
    }

    /// <summary>Finds a row of the datasets of a prompt, from 0.</summary>
    public static (DatasetRecord? Record, PlannedDataset? Dataset) Row(PromptFile file, int row)
    {
        foreach (PlannedDataset dataset in file.Project?.DatasetsOf(file.Path).Where(dataset => File.Exists(dataset.Path)) ?? [])
        {
            foreach (DatasetRecord record in DatasetReader.Read(dataset.Path, dataset.DisplayPath, _ => { }))
            {
                if (row-- == 0)
                {
                    return (record, dataset);
                }
            }
        }

        return (null, null);
    }
}
