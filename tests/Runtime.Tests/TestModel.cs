using System.Reflection;

using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Models and prompts that several tests use.</summary>
internal static class TestModel
{
    public const string TriageSource =
        """
        ---
        name: triage
        inputs:
          - name: ticket
            kind: string
        outputs:
          - name: category
            kind: string
            required: true
            enumValues: [Billing, Bug, BugReport, Access, Integration, HowTo]
          - name: urgent
            kind: boolean
            required: true
        metadata:
          edge:
            maxInputTokens: 64
        ---
        system:
        Sort a support ticket by what the customer wants, and tell whether it is urgent.

        user:
        {{ticket}}

        """;

    public const string SingleSource =
        """
        ---
        name: single
        inputs:
          - name: subject
            kind: string
          - name: body
            kind: string
        outputs:
          - name: category
            kind: string
            required: true
            enumValues: [Billing, Bug, BugReport, Access, Integration, "How To", "Größe", Datenschutz-Anfrage]
        metadata:
          edge:
            maxInputTokens: 48
        ---
        system:
        Sort a support ticket by what the customer wants.

        user:
        Subject: {{subject}}
        {{body}}

        """;

    public const string ReplySource =
        """
        ---
        name: reply
        inputs:
          - name: question
            kind: string
        outputs:
          - name: answer
            kind: string
            required: true
        metadata:
          edge:
            freeText: [answer]
            maxInputTokens: 64
        ---
        system:
        Answer in one short sentence.

        user:
        {{question}}

        """;

    private static readonly string _root = typeof(TestModel).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .First(attribute => attribute.Key == "RepositoryRoot").Value!;

    public static string Fixtures { get; } = Path.Combine(_root, "tests", "Fixtures");

    public static string SmolLM2 { get; } = Path.Combine(_root, "models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    public static string TinySmolLM2 { get; } = Path.Combine(_root, "tests", "Fixtures", "smollm2", "base.gguf");

    public static string TinyLlama3 { get; } = Path.Combine(_root, "tests", "Fixtures", "llama3", "base.gguf");

    public static PromptDocument Parse(string source)
    {
        PromptParseResult result = PromptDocument.Parse("test.prompty", source);
        Assert.IsNotNull(result.Document, string.Join('\n', result.Diagnostics.Select(diagnostic => diagnostic.Message)));
        return result.Document;
    }

    public static CompiledPrompt Compile(string source)
    {
        PromptDocument document = Parse(source);
        return CompiledPrompt.Compile(document, LabelSet.From(document, null), ChatFormat.ChatML);
    }

    public static PromptDefinition Define(string source, string model = "Test")
    {
        CompiledPrompt compiled = Compile(source);
        return new PromptDefinition(model, compiled.Document.Name, source, compiled.Hash, compiled.Labels.ByOutput);
    }

    public static EdgeManifest Manifest(PromptDefinition definition, string? modelPath = null) => new()
    {
        Model = definition.Model,
        ChatFormat = ChatFormat.ChatML.Id,
        Files = modelPath is null
            ? []
            : [new EdgeManifestFile { Name = Path.GetFileName(modelPath), Sha256 = FileHash.Sha256(modelPath), Size = new FileInfo(modelPath).Length }],
        Prompts = [new EdgeManifestPrompt { Name = definition.Name, Hash = definition.Hash, Labels = definition.Labels }],
    };

    public static EdgePromptClient Open(string source, string modelPath, int rowsPerBatch = 8)
    {
        PromptDefinition definition = Define(source);
        return EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = modelPath, Manifest = Manifest(definition), RowsPerBatch = rowsPerBatch });
    }

    /// <summary>Answers prompts together on a context of the test's own.</summary>
    public static FieldPrediction[][] Decode(
        InferenceContext context, EdgePromptClient client, EncodedPrompt[] prompts, CompletionPlan plan, CancellationToken cancellationToken)
    {
        int prefix = context.PrefixSequence("prefix", client.Encoder.PrefixTokens.Span, cancellationToken);
        using var decoder = new CompletionDecoder(context, client.Host.Pieces, client.Encoder, plan, prefix, context.Capacity);
        AnswerCall[] calls = [.. prompts.Select(prompt => new AnswerCall(prompt, CallSettings.Default, cancellationToken))];
        foreach (AnswerCall call in calls)
        {
            decoder.Add(call);
        }

        decoder.Run();
        return [.. calls.Select(call => call.Completion.GetAwaiter().GetResult().Fields.ToArray())];
    }
}
