using System.Globalization;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Training;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

/// <summary>
/// The tokens that training sees, those that a client feeds, and those of an expectation that restates the rules and lets llama.cpp
/// tokenize every segment on its own.
/// </summary>
[TestClass]
public sealed class TokenIdentityTests
{
    private const int Prompts = 1000;
    private const string Model = "Test";

    private static LlamaModel _model = null!;
    private static string _directory = string.Empty;

    [ClassInitialize]
    public static void Load(TestContext context)
    {
        _model = LlamaModel.Load(RepositoryFiles.Model, new LlamaModelOptions { VocabularyOnly = true });
        _directory = Directory.CreateTempSubdirectory("edgebuild-tokens-").FullName;
    }

    [ClassCleanup]
    public static void Free()
    {
        _model.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [TestMethod]
    public void Every_prompt_of_the_repository_has_the_same_tokens_in_training_and_serving()
    {
        Assert.IsNotEmpty(RepositoryPrompts.Paths);
        foreach (string path in RepositoryPrompts.Paths)
        {
            string text = File.ReadAllText(path);
            PromptDocument document = PromptDocument.Parse(path, text).Document!;
            Dictionary<string, IReadOnlyList<string>> labels = LabelsOf(document);
            foreach (ChatFormat format in ChatFormat.All)
            {
                foreach (string hostile in HostileText.All)
                {
                    string[] inputs = [.. document.Inputs.Select(_ => hostile)];
                    string[] values = [.. document.Outputs.Select(output => labels.TryGetValue(output.Name, out IReadOnlyList<string>? known) ? known[0] : output.Kind == PromptValueKind.String ? hostile : Value(output, hostile).ToJsonString())];
                    TrainingExample example = Train(path, document.Name, labels, format, inputs, values);
                    (EncodedPrompt prompt, EncodedCompletion completion) = Serve(text, labels, format, inputs, values);
                    AssertEqual(example.PromptTokens, prompt.Tokens, path);
                    AssertEqual(example.CompletionTokens, completion.Tokens, path);
                }
            }
        }
    }

    private static JsonNode Value(PromptOutput output, string text) => output.Kind switch
    {
        _ when output.Tools is [{ } tool, ..] => new JsonObject { ["name"] = tool.Name, ["arguments"] = Members(tool.Parameters, text) },
        PromptValueKind.Object => Members(output.Properties, text),
        PromptValueKind.Array => new JsonArray(Value(output.Items!, text)),
        PromptValueKind.Boolean => true,
        PromptValueKind.Integer => 7,
        PromptValueKind.Float => 0.5,
        _ => output.EnumValues.Count > 0 ? output.EnumValues[0] : text,
    };

    private static JsonObject Members(IEnumerable<PromptOutput> outputs, string text) =>
        new(outputs.Select(output => KeyValuePair.Create(output.Name, (JsonNode?)Value(output, text))));

    [TestMethod]
    public void Generated_prompts_with_hostile_inputs_have_the_tokens_of_their_segments_and_no_control_token_from_a_value()
    {
        int truncated = 0;
        for (int seed = 0; seed < Prompts; seed++)
        {
            GeneratedPrompt generated = GeneratedPrompt.Create(seed);
            ChatFormat format = ChatFormat.All[seed % ChatFormat.All.Count];
            string[] inputs = [.. generated.Inputs.Select((input, index) => HostileText.For(input.Kind, seed, index))];
            string[] values = [.. generated.Outputs.Select((output, index) => output.Labels.Count > 0 ? output.Labels[seed % output.Labels.Count] : HostileText.For(output.Kind, seed, index + 7))];
            var expected = ExpectedTokens.Of(generated, format.Id, _model.Vocabulary, inputs, values);
            string path = Path.Combine(_directory, generated.Name + ".prompty");
            File.WriteAllText(path, generated.Text);

            TrainingExample example = Train(path, generated.Name, new Dictionary<string, IReadOnlyList<string>>(), format, inputs, values);
            (EncodedPrompt prompt, EncodedCompletion completion) = Serve(generated.Text, new Dictionary<string, IReadOnlyList<string>>(), format, inputs, values);

            string what = $"seed {seed.ToString(CultureInfo.InvariantCulture)}, {format.Id}";
            AssertEqual(expected.Prompt, example.PromptTokens, what);
            AssertEqual(expected.Prompt, prompt.Tokens, what);
            AssertEqual(expected.Completion, example.CompletionTokens, what);
            AssertEqual(expected.Completion, completion.Tokens, what);
            Assert.AreEqual(expected.Truncated, prompt.Truncated, what);
            Assert.IsFalse(expected.Values.Any(_model.Vocabulary.IsControl), what);
            truncated += expected.Truncated ? 1 : 0;
        }

        Assert.IsGreaterThan(Prompts / 20, truncated);
        Assert.IsLessThan(Prompts / 2, truncated);
    }

    private static TrainingExample Train(
        string path, string name, IReadOnlyDictionary<string, IReadOnlyList<string>> labels, ChatFormat format, string[] inputs, string[] values)
    {
        var planned = new PlannedPrompt { Name = name, Path = path, DisplayPath = path, Labels = labels, Datasets = [], TestRowsHash = string.Empty };
        var prompt = TrainedPrompt.Load(planned, format);
        return new ExampleBuilder(_model.Vocabulary, [prompt]).Build([new LabelledRow(prompt, "rows.jsonl", 1, inputs, values, 1, "00")]).Single();
    }

    private static (EncodedPrompt Prompt, EncodedCompletion Completion) Serve(
        string text, IReadOnlyDictionary<string, IReadOnlyList<string>> labels, ChatFormat format, string[] inputs, string[] values)
    {
        // What a generated client carries: the source and the hash that the generator computes.
        PromptDocument document = PromptDocument.Parse("client.prompty", text).Document!;
        var set = LabelSet.From(document, labels);
        var definition = new PromptDefinition(Model, document.Name, document.Source, CompiledPrompt.ComputeHash(document, set), set.ByOutput);
        var encoder = new PromptEncoder(_model.Vocabulary, PromptBinding.Compile(definition, format));
        return (encoder.Encode(inputs), encoder.EncodeCompletion(values));
    }

    private static Dictionary<string, IReadOnlyList<string>> LabelsOf(PromptDocument document) => document.Outputs
        .Where(output => output is { Kind: PromptValueKind.String, IsFreeText: false })
        .ToDictionary(output => output.Name, output => output.EnumValues.Count > 0 ? output.EnumValues : ["A", "B"], StringComparer.Ordinal);

    private static void AssertEqual(int[] expected, int[] actual, string what) =>
        Assert.IsTrue(expected.AsSpan().SequenceEqual(actual), $"{what}: the tokens differ from place {expected.AsSpan().CommonPrefixLength(actual).ToString(CultureInfo.InvariantCulture)} on.");
}
