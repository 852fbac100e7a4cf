using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>What the manifests of all artifacts have in common.</summary>
/// <param name="plan">The plan.</param>
/// <param name="prompts">Its prompts.</param>
/// <param name="format">The chat format of the base.</param>
public sealed class ManifestParts(TrainingPlan plan, IReadOnlyList<TrainedPrompt> prompts, ChatFormat format)
{
    /// <summary>Gets the name of the chat format.</summary>
    public string ChatFormat => format.Id;

    /// <summary>Gets the prompts.</summary>
    public IReadOnlyList<EdgeManifestPrompt> Prompts { get; } =
        [.. prompts.Select(prompt => prompt.ManifestEntry())];

    /// <summary>Gets or sets what an app may make of the probabilities; null until it is fitted.</summary>
    public ConfidenceFit? Confidence { get; set; }

    /// <summary>Describes the prompts with what was fitted.</summary>
    /// <param name="figures">The figures of the test rows; empty when they are not measured yet.</param>
    /// <returns>The prompts.</returns>
    public IReadOnlyList<EdgeManifestPrompt> CalibratedPrompts(IReadOnlyList<OutputEvaluation> figures) =>
        Confidence is { } confidence ? [.. Prompts.Select(prompt => confidence.AddTo(prompt, figures))] : Prompts;

    /// <summary>Gets where the base came from. A path says it on this machine only, and the manifest ships.</summary>
    private string SourceName => Path.IsPathRooted(plan.Base.Source) ? Path.GetFileName(plan.Base.Source) : plan.Base.Source;

    /// <summary>Describes a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Its entry.</returns>
    public static EdgeManifestFile Describe(string path, CancellationToken cancellationToken) => new()
    {
        Name = Path.GetFileName(path),
        Sha256 = FileHash.Sha256(path, cancellationToken),
        Size = new FileInfo(path).Length,
    };

    /// <summary>Describes figures.</summary>
    /// <param name="figures">The figures.</param>
    /// <returns>One entry for each output.</returns>
    public static IReadOnlyList<EdgeManifestMetric> Metrics(IReadOnlyList<OutputEvaluation> figures) =>
    [
        .. figures.Select(evaluation => new EdgeManifestMetric
        {
            Prompt = evaluation.Prompt,
            Output = evaluation.Output,
            Rows = evaluation.Rows,
            Values = Values(evaluation),
        }),
    ];

    private static Dictionary<string, double> Values(OutputEvaluation evaluation)
    {
        var values = new Dictionary<string, double>
        {
            ["accuracy"] = evaluation.Accuracy,
            ["calibrationError"] = evaluation.CalibrationError,
        };
        if (evaluation.MacroF1 is { } macroF1)
        {
            values["macroF1"] = macroF1;
        }

        if (evaluation.FieldAccuracy is { } fields)
        {
            values["fieldAccuracy"] = fields;
        }

        if (evaluation.Text is { } text)
        {
            values["rougeL"] = text.RougeL;
            values["chrf"] = text.Chrf;
        }

        return values;
    }

    /// <summary>Tells where an artifact comes from.</summary>
    /// <param name="adapter">The adapter; null for a plain model.</param>
    /// <param name="quantization">The quantization of the file; null for the one that was asked for.</param>
    /// <returns>Values by name.</returns>
    public IReadOnlyDictionary<string, string> Provenance(TrainedAdapter? adapter, string? quantization = null)
    {
        var provenance = new Dictionary<string, string>((adapter?.Facts ?? []).Concat(GgufProvenance.Facts(plan, quantization ?? plan.Quantization, adapter?.Path)))
        {
            ["modelKey"] = plan.ModelKey,
            ["edgebuild"] = EdgeBuildVersion.Current,
        };
        if (adapter is not null)
        {
            provenance["adapterKey"] = plan.AdapterKey;
        }

        if (plan.Kind != ArtifactKind.Adapter)
        {
            provenance["quantization"] = quantization ?? plan.Quantization;
        }

        return provenance;
    }

    /// <summary>Describes a model.</summary>
    /// <param name="file">Its GGUF file.</param>
    /// <param name="prompts">Its prompts.</param>
    /// <param name="figures">Its figures.</param>
    /// <param name="adapters">The adapters that are loaded onto it.</param>
    /// <param name="provenance">Where it comes from.</param>
    /// <returns>The manifest.</returns>
    public EdgeManifest Model(
        EdgeManifestFile file,
        IReadOnlyList<EdgeManifestPrompt> prompts,
        IReadOnlyList<OutputEvaluation> figures,
        IReadOnlyList<EdgeManifestAdapter> adapters,
        IReadOnlyDictionary<string, string> provenance) => new()
        {
            Model = plan.Model,
            Files = [file],
            Adapters = adapters,
            Base = new EdgeManifestBase { Name = plan.Base.Name, Sha256 = plan.Base.Sha256, License = plan.Base.License, Source = SourceName },
            ChatFormat = format.Id,
            LlamaCpp = LlamaCppRelease.Version,
            Prompts = prompts,
            Metrics = Metrics(figures),
            Provenance = provenance,
        };
}
