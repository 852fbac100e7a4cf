using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>One prompt of a plan, parsed.</summary>
public sealed class TrainedPrompt
{
    private TrainedPrompt(PlannedPrompt planned, PromptDocument document, LabelSet labels, ChatFormat format)
    {
        Planned = planned;
        Document = document;
        Labels = labels;
        Compiled = CompiledPrompt.Compile(document, labels, format);
    }

    /// <summary>Gets the name.</summary>
    public string Name => Document.Name;

    /// <summary>Gets the plan's entry.</summary>
    public PlannedPrompt Planned { get; }

    /// <summary>Gets the parsed file.</summary>
    public PromptDocument Document { get; }

    /// <summary>Gets the labels.</summary>
    public LabelSet Labels { get; }

    /// <summary>Gets the segments for the base's chat format.</summary>
    public CompiledPrompt Compiled { get; }

    /// <summary>Reads the prompt file of a plan's entry.</summary>
    /// <param name="planned">The entry.</param>
    /// <param name="format">The chat format of the base.</param>
    /// <returns>The prompt.</returns>
    /// <exception cref="EdgeBuildException">The first error of the file.</exception>
    public static TrainedPrompt Load(PlannedPrompt planned, ChatFormat format) => Parse(planned, File.ReadAllText(planned.Path), format);

    /// <summary>Parses the text of a plan's entry, which an editor may hold another way than the file.</summary>
    /// <param name="planned">The entry.</param>
    /// <param name="source">The text.</param>
    /// <param name="format">The chat format of the base.</param>
    /// <returns>The prompt.</returns>
    /// <exception cref="EdgeBuildException">The first error of the text.</exception>
    public static TrainedPrompt Parse(PlannedPrompt planned, string source, ChatFormat format)
    {
        PromptParseResult parsed = PromptDocument.Parse(planned.DisplayPath, source);
        if (parsed.Document is not { } document)
        {
            Diagnostic error = parsed.Diagnostics.First(diagnostic => diagnostic.IsError);
            throw new EdgeBuildException(error.Code, error.Message, error.Path, error.Position);
        }

        return new TrainedPrompt(planned, document, LabelSet.From(document, planned.Labels), format);
    }

    /// <summary>Makes what a generated client would pass to the runtime.</summary>
    /// <param name="model">The model's name.</param>
    /// <returns>The definition.</returns>
    public PromptDefinition Definition(string model) => new(model, Name, Document.Source, Compiled.Hash, Labels.ByOutput);

    /// <summary>Makes its entry of a manifest, before anything is measured.</summary>
    /// <returns>The entry.</returns>
    public EdgeManifestPrompt ManifestEntry() => new() { Name = Name, Hash = Compiled.Hash, Labels = Labels.ByOutput };

    /// <summary>Makes the manifest with which the untuned base answers it, without temperatures: those are of the tuned model.</summary>
    /// <param name="model">The model's name.</param>
    /// <returns>The manifest.</returns>
    public EdgeManifest UntunedManifest(string model) => new() { Model = model, ChatFormat = Compiled.Format.Id, Prompts = [ManifestEntry()] };
}
