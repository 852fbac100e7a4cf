using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>The prompts that the runtime is measured with: a constant part of about 256 tokens, and an input of about 32.</summary>
internal static class RuntimePrompts
{
    /// <summary>An input that makes about 32 tokens with what the chat format puts around it.</summary>
    public const string Input = "I tried to pay with my card at the supermarket, the payment was declined twice, but the money is gone. What now?";

    /// <summary>The labelled output of the classifications.</summary>
    public const string LabelOutput = "label";

    /// <summary>The number of tokens of a record's text, about 24 characters.</summary>
    public const int RecordTextTokens = 6;

    /// <summary>Gets the classification of one in 77 by the texts of the labels.</summary>
    public static PromptDefinition Classification { get; } = Classify("classify", Banking77.Labels);

    /// <summary>Gets the same by a label head, as a trained model answers it.</summary>
    public static PromptDefinition WithHead { get; } = Classify("intent", Banking77.Labels);

    /// <summary>Gets a record of an enum, a number and a short text.</summary>
    public static PromptDefinition Record { get; } = Define(
        "record",
        """
          - name: sentiment
            kind: string
            enumValues: [positive, neutral, negative]
          - name: score
            kind: integer
          - name: note
            kind: string

        """,
        "    freeText: [note]\n");

    /// <summary>Gets the free text.</summary>
    public static PromptDefinition Reply { get; } = Define("reply", "  - name: answer\n    kind: string\n", "    freeText: [answer]\n");

    /// <summary>Gets a classification whose context has 2048 tokens.</summary>
    public static PromptDefinition Long { get; } = Define("long", Labels(["true", "false"]), string.Empty, inputTokens: 1600);

    /// <summary>Makes a classification of one in 77 whose labels are one token each.</summary>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <returns>The prompt.</returns>
    public static PromptDefinition OneTokenLabels(LlamaVocabulary vocabulary) => Classify("words", OneTokenWords.Of(vocabulary, Banking77.Labels.Count));

    /// <summary>Opens a client.</summary>
    /// <param name="definition">The prompt.</param>
    /// <param name="modelPath">The model file.</param>
    /// <param name="adapters">The adapters beside the model.</param>
    /// <returns>The client.</returns>
    public static EdgePromptClient Open(PromptDefinition definition, string modelPath, IReadOnlyList<EdgeManifestAdapter>? adapters = null) => EdgePromptClient.Open(
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
                Adapters = adapters ?? [],
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

    private static PromptDefinition Classify(string name, IReadOnlyList<string> labels) => Define(name, Labels(labels), string.Empty);

    private static string Labels(IReadOnlyList<string> labels) =>
        $"  - name: {LabelOutput}\n    kind: string\n    enumValues: [{string.Join(", ", labels.Select(label => $"\"{label}\""))}]\n";

    private static PromptDefinition Define(string name, string outputs, string metadata, int inputTokens = 64)
    {
        string rules = string.Concat(Enumerable.Range(1, 9).Select(rule =>
            $"Rule {rule}: read the whole message of the customer, decide what it is mainly about, and answer nothing else than that.\n")) + "Think of the whole message.\n";
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
                maxInputTokens: {{{inputTokens}}}
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
