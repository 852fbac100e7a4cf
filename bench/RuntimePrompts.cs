using EdgeBuild.Prompts;
using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>The prompts that the runtime is measured with: a constant part of about 256 tokens, and an input of about 32.</summary>
internal static class RuntimePrompts
{
    /// <summary>An input of about 32 tokens.</summary>
    public const string Input = "I tried to pay with my card at the supermarket this morning, the payment was declined twice, but the money is gone from my account. What now?";

    /// <summary>Gets the classification of one in 77.</summary>
    public static PromptDefinition Classification { get; } = Define(
        "classification", $"  - name: intent\n    kind: string\n    enumValues: [{string.Join(", ", Banking77.Labels.Select(label => $"\"{label}\""))}]\n", string.Empty);

    /// <summary>Gets the record of a label, a number, a text and an optional label.</summary>
    public static PromptDefinition Record { get; } = Define(
        "record",
        """
          - name: sentiment
            kind: string
            enumValues: [positive, neutral, negative]
          - name: score
            kind: integer
          - name: details
            kind: object
            properties:
              - name: place
                kind: string
              - name: channel
                kind: string
                required: false
                enumValues: [card, transfer, cash]

        """,
        string.Empty);

    /// <summary>Gets the free text.</summary>
    public static PromptDefinition Reply { get; } = Define("reply", "  - name: answer\n    kind: string\n", "    freeText: [answer]\n");

    /// <summary>Opens a client.</summary>
    /// <param name="definition">The prompt.</param>
    /// <param name="modelPath">The model file.</param>
    /// <returns>The client.</returns>
    public static EdgePromptClient Open(PromptDefinition definition, string modelPath) => EdgePromptClient.Open(
        definition,
        new EdgeClientOptions
        {
            ModelPath = modelPath,
            VerifyHashes = false,
            Manifest = new EdgeManifest
            {
                Model = definition.Model,
                ChatFormat = ChatFormat.ChatML.Id,
                Prompts = [new EdgeManifestPrompt { Name = definition.Name, Hash = definition.Hash }],
            },
        });

    /// <summary>Compiles a prompt as the client does.</summary>
    /// <param name="definition">The prompt.</param>
    /// <returns>The prompt.</returns>
    public static CompiledPrompt Compile(PromptDefinition definition)
    {
        PromptDocument document = PromptDocument.Parse(definition.Name + ".prompty", definition.Source).Document!;
        return CompiledPrompt.Compile(document, LabelSet.From(document, definition.Labels), ChatFormat.ChatML);
    }

    private static PromptDefinition Define(string name, string outputs, string metadata)
    {
        string rules = string.Concat(Enumerable.Range(1, 12).Select(rule =>
            $"Rule {rule}: read the whole message of the customer, decide what it is mainly about, and answer nothing else than that.\n"));
        string source = $$$"""
            ---
            name: {{{name}}}
            inputs:
              - name: text
                kind: string
            outputs:
            {{{outputs.TrimEnd('\n')}}}
            metadata:
              edge:
                maxInputTokens: 64
            {{{metadata.TrimEnd('\n')}}}
            ---
            system:
            {{{rules.TrimEnd('\n')}}}

            user:
            {{text}}

            """.Replace("\n\n---", "\n---", StringComparison.Ordinal);
        PromptParseResult parsed = PromptDocument.Parse(name + ".prompty", source);
        PromptDocument document = parsed.Document ?? throw new InvalidOperationException(parsed.Diagnostics[0].ToString());
        var labels = LabelSet.From(document, null);
        return new PromptDefinition("Benchmark", name, source, CompiledPrompt.ComputeHash(document, labels), labels.ByOutput);
    }
}
