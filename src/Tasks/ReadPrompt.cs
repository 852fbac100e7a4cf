using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;

namespace EdgeBuild.Tasks;

/// <summary>A prompt whose rows were read.</summary>
/// <param name="Definition">The prompt with its datasets.</param>
/// <param name="Validation">What was found in them.</param>
/// <param name="Rows">The training and validation rows.</param>
internal sealed record ReadPrompt(PromptDefinition Definition, DatasetValidation Validation, KeyedRows Rows)
{
    private static readonly DatasetValidation _nothing = new()
    {
        Diagnostics = [],
        Labels = new Dictionary<string, IReadOnlyList<string>>(),
        RowCounts = new Dictionary<string, int>(),
        TestRowsHash = string.Empty,
    };

    /// <summary>A prompt of which a plan needs the text and the labels only.</summary>
    public static ReadPrompt Without(PromptDefinition definition) => new(definition with { Datasets = [] }, _nothing, []);

    /// <summary>What the prompt adds to a plan.</summary>
    /// <param name="labels">The labels by output.</param>
    public PlannedPrompt Plan(IReadOnlyDictionary<string, IReadOnlyList<string>> labels) => new()
    {
        Name = Definition.Document.Name,
        Path = Definition.Path,
        DisplayPath = Definition.DisplayPath,
        Labels = labels,
        Datasets = Definition.Datasets,
        TestRowsHash = Validation.TestRowsHash,
    };

    /// <summary>What the prompt adds to a key.</summary>
    /// <param name="labels">The labels by output.</param>
    public PromptKeyParts KeyParts(IReadOnlyDictionary<string, IReadOnlyList<string>> labels) => new(
        Definition.Document.Name,
        CompiledPrompt.ComputeHash(Definition.Document, LabelSet.From(Definition.Document, labels)),
        Validation.TestRowsHash.Length > 0,
        Rows);
}
