using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Training;
using EdgeBuild.Worker.Exporting;
using EdgeBuild.Worker.Pipeline;
using Json.Schema;

namespace EdgeBuild.Worker.Tests;

/// <summary>Exports of a tiny trained model, read by the programs that they are for.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ExportTests : IDisposable
{
    private const int Inputs = 100;

    private readonly SmallProject _project = new();

    public TestContext TestContext { get; set; } = null!;

    private string Output => Path.Combine(_project.Cache, "export");

    public void Dispose() => _project.Dispose();

    [TestMethod]
    public async Task Every_form_is_written_and_holds_what_ships()
    {
        BuiltModel model = await BuildAsync();
        var written = new List<string>();

        await new ModelExport(model, written.Add).RunAsync(ModelExport.Formats, Output, "acme", null, TestContext.CancellationToken);

        Assert.IsTrue(written.All(File.Exists));
        using (GgufFile shipped = GgufFile.Open(model.ModelPath))
        using (GgufFile exported = GgufFile.Open(Path.Combine(Output, "gguf", "Test.gguf")))
        {
            Assert.IsTrue(shipped.Tensors.All(tensor => tensor.Type == exported.GetTensor(tensor.Name).Type && tensor.Data.SequenceEqual(exported.GetTensor(tensor.Name).Data)));
            Assert.AreEqual(ChatTemplates.Jinja(ChatFormat.ChatML), exported.GetString("tokenizer.chat_template"));
            Assert.AreEqual(model.Plan.ModelKey, exported.GetString("edgebuild.model.key"));
            Assert.AreEqual(64, exported.GetString("edgebuild.data.sha256")!.Length);
        }

        string hash = FileHash.Sha256(Path.Combine(Output, "gguf", "Test.gguf"));
        foreach (string same in new[] { "ollama/Test.gguf", "lmstudio/acme/Test-GGUF/Test.gguf", "huggingface/Test.gguf" })
        {
            Assert.AreEqual(hash, FileHash.Sha256(Path.Combine(Output, same)), same);
        }

        CollectionAssert.AreEqual(await File.ReadAllBytesAsync(model.AdapterPath, TestContext.CancellationToken), await File.ReadAllBytesAsync(Path.Combine(Output, "adapter", "Test.lora.gguf"), TestContext.CancellationToken));
        Assert.AreEqual(
            "# Test: ollama create test -f Modelfile\nFROM ./Test.gguf\nTEMPLATE \"\"\"{{ if .System }}<|im_start|>system\n{{ .System }}<|im_end|>\n{{ end }}<|im_start|>user\n{{ .Prompt }}<|im_end|>\n<|im_start|>assistant\n{{ .Response }}<|im_end|>\"\"\"\nSYSTEM \"\"\"Size?\"\"\"\nPARAMETER stop \"<|im_end|>\"\nPARAMETER temperature 0\n",
            (await File.ReadAllTextAsync(Path.Combine(Output, "ollama", "Modelfile"), TestContext.CancellationToken)).Split("PARAMETER num_ctx")[0]);
        string card = await File.ReadAllTextAsync(Path.Combine(Output, "huggingface", "README.md"), TestContext.CancellationToken);
        var metadata = new YamlDotNet.Serialization.DeserializerBuilder().Build().Deserialize<Dictionary<string, object>>(card.Split("---\n")[1]);
        Assert.AreEqual("apache-2.0", metadata["license"]);
        Assert.Contains("{{text}}", card);
        Assert.DoesNotContain("rrr", card);
    }

    [TestMethod]
    public async Task The_peft_adapter_is_the_one_that_was_trained()
    {
        BuiltModel model = await BuildAsync();

        await new ModelExport(model, _ => { }).RunAsync(["peft"], Output, "local", null, TestContext.CancellationToken);

        using var baseModel = BaseModel.Load(model.Plan.Base.Path, ComputeType.Float32, TrainingDevice.Cpu);
        using var read = LoraAdapter.ReadPeft(Path.Combine(Output, "peft"), baseModel);
        using var trained = LoraAdapter.ReadGguf(model.AdapterPath, baseModel);
        int[] tokens = [1, 5, 9, 2];
        CollectionAssert.AreEqual(baseModel.Logits(tokens, trained).Cast<float>().ToArray(), baseModel.Logits(tokens, read).Cast<float>().ToArray());
    }

    [TestMethod]
    public async Task The_bill_of_materials_keeps_to_the_schema_of_CycloneDX_and_names_every_hash()
    {
        BuiltModel model = await BuildAsync();
        await new ModelExport(model, _ => { }).RunAsync(["bom"], Output, "local", null, TestContext.CancellationToken);
        string text = await File.ReadAllTextAsync(Path.Combine(Output, "bom", "bom.cdx.json"), TestContext.CancellationToken);

        string schemas = Path.Combine(await NpmFolder.FetchAsync("exports"), "node_modules", "@cyclonedx", "cyclonedx-library", "res", "schema");
        foreach (string part in new[] { "spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json" })
        {
            SchemaRegistry.Global.Register(JsonSchema.FromFile(Path.Combine(schemas, part)));
        }

        JsonSchema schema = JsonSchema.FromFile(Path.Combine(schemas, "bom-1.6.SNAPSHOT.schema.json"));
        EvaluationResults results = schema.Evaluate(JsonDocument.Parse(text).RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        Assert.IsTrue(results.IsValid, string.Join('\n', (results.Details ?? []).Where(detail => detail.Errors is not null).Select(detail => $"{detail.InstanceLocation}: {string.Join("; ", detail.Errors!.Values)}").Take(10)));
        JsonNode root = JsonNode.Parse(text)!;
        root["metadata"]!["component"]!["modelCard"]!["unknown"] = 1;
        Assert.IsFalse(schema.Evaluate(JsonDocument.Parse(root.ToJsonString()).RootElement).IsValid, "the schema is not looked at");
        Assert.AreEqual(FileHash.Sha256(model.ModelPath), (string?)root["metadata"]!["component"]!["hashes"]![0]!["content"]);
        Assert.AreEqual(model.Plan.Base.Sha256, (string?)root["components"]![0]!["hashes"]![0]!["content"]);
        Assert.AreEqual(FileHash.Sha256(model.AdapterPath), (string?)root["components"]![1]!["hashes"]![0]!["content"]);
        Assert.DoesNotContain("rrr", text);
    }

    [TestMethod]
    public async Task Templates_of_all_chat_formats_render_what_the_model_was_trained_with()
    {
        string path = Path.Combine(Directory.CreateDirectory(_project.Cache).FullName, "chat.prompty");
        await File.WriteAllTextAsync(path, "---\nname: chat\ninputs:\n  - name: text\n    kind: string\noutputs:\n  - name: answer\n    kind: string\n    enumValues: [A, B]\n---\nsystem:\nBe 'brief' \\ clear.\n\nuser:\nFirst\n\nassistant:\nA\n\nuser:\nline one\nline two\n{{text}}\n", TestContext.CancellationToken);
        var requests = new JsonArray();
        var expected = new List<string>();
        foreach (ChatFormat format in ChatFormat.All)
        {
            var planned = new PlannedPrompt { Name = "chat", Path = path, DisplayPath = "chat.prompty", Labels = new Dictionary<string, IReadOnlyList<string>>(), Datasets = [], TestRowsHash = string.Empty };
            CompiledPrompt prompt = TrainedPrompt.Load(planned, format).Compiled;
            expected.Add(string.Concat(prompt.Prompt.Select(segment => segment.Kind == SegmentKind.Input ? "the input" : segment.Text)));
            requests.Add(new JsonObject { ["template"] = ChatTemplates.Jinja(format), ["messages"] = Messages(prompt.Document, "the input") });
        }

        string rendered = await NpmFolder.RunScriptAsync(await NpmFolder.FetchAsync("exports"), "render.mjs", requests.ToJsonString());

        CollectionAssert.AreEqual(expected, JsonSerializer.Deserialize<string[]>(rendered));
    }

    [TestMethod]
    public async Task Llama_cpp_in_node_gives_the_same_label_for_a_hundred_inputs()
    {
        if (!OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64)
        {
            Assert.Inconclusive("The lock of this test has llama.cpp for Linux x64 only.");
        }

        BuiltModel model = await BuildAsync();
        await new ModelExport(model, _ => { }).RunAsync(["gguf"], Output, "local", null, TestContext.CancellationToken);
        TrainedPrompt prompt = model.LoadPrompts()[0];
        string[] texts = [.. Enumerable.Range(2000, Inputs).Select(number => SmallProject.Row(number).Split(',')[0])];
        using var client = EdgePromptClient.Open(prompt.Definition("Test"), new EdgeClientOptions { ModelPath = model.ModelPath, Manifest = model.Manifest, Threads = 1 });
        IReadOnlyList<EdgePrediction> own = await client.PredictManyAsync([.. texts.Select(text => (IReadOnlyList<string>)[text])], null, TestContext.CancellationToken);
        var request = new JsonObject
        {
            ["model"] = Path.Combine(Output, "gguf", "Test.gguf"),
            ["conversations"] = new JsonArray([.. texts.Select(text => (JsonNode)Messages(prompt.Document, text))]),
        };

        string answers = await NpmFolder.RunScriptAsync(await NpmFolder.FetchAsync("exports"), "answer.mjs", request.ToJsonString());

        CollectionAssert.AreEqual(own.Select(prediction => prediction.Fields[0].Text).ToArray(), JsonNode.Parse(answers)!["answers"]!.AsArray().Select(answer => (string)answer!).ToArray());
        Assert.HasCount(2, own.Select(prediction => prediction.Fields[0].Text).Distinct());
    }

    private static JsonArray Messages(PromptDocument document, string input) =>
    [
        .. document.Messages.Select(message => (JsonNode)new JsonObject
        {
            ["role"] = message.Role.ToString().ToLowerInvariant(),
            ["content"] = string.Concat(message.Parts.Select(part => part.IsPlaceholder ? input : part.Text)),
        }),
    ];

    private async Task<BuiltModel> BuildAsync()
    {
        // Enough passes that a tiny model also spells the labels: other programs read the text, not the label head.
        _project.Recipe = _project.Recipe with { Epochs = 12 };
        PlannedPrompt prompt = _project.Prompt(SmallProject.Sizes, SmallProject.Rows(0, 160), SmallProject.Rows(1000, 20));
        TrainingPlan plan = _project.Plan("export", string.Empty, prompt) with { Quantization = "Q8_0" };
        Assert.IsTrue(await _project.RunAsync(plan, TestContext.CancellationToken), string.Join('\n', _project.Output));
        return new BuiltModel(plan);
    }
}
