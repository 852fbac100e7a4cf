using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class AdapterTests : IDisposable
{
    private static readonly string[] _names = ["acme", "globex"];

    private readonly string _directory = Directory.CreateTempSubdirectory("edge-adapters-").FullName;

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public async Task Two_models_and_four_adapters_at_once_give_the_answers_of_each_alone()
    {
        string[] models = [Deploy("smollm2"), Deploy("llama3")];
        var expected = new Dictionary<(string Model, string? Adapter), EdgePrediction>();
        foreach (string model in models)
        {
            foreach (string? adapter in new[] { null, "acme", "globex" })
            {
                using EdgePromptClient alone = Open(model, plain: adapter is null);
                expected[(model, adapter)] = await alone.PredictAsync(["Where is my invoice?"], new EdgeCallOptions { Adapter = adapter }, TestContext.CancellationToken);
            }
        }

        // Every one answers differently, so that a mixture would show.
        Assert.HasCount(6, expected.Values.Select(prediction => prediction.Confidence).Distinct());
        using EdgePromptClient first = Open(models[0]);
        using EdgePromptClient second = Open(models[1]);
        using EdgePromptClient firstPlain = Open(models[0], plain: true);
        using EdgePromptClient secondPlain = Open(models[1], plain: true);
        await Parallel.ForEachAsync(Enumerable.Range(0, 90), new ParallelOptions { MaxDegreeOfParallelism = 12 }, async (i, token) =>
        {
            string model = models[i % 2];
            string? adapter = (i % 3) switch
            {
                0 => null,
                1 => _names[0],
                _ => _names[1],
            };
            EdgePromptClient client = (i % 2 == 0, adapter is null) switch
            {
                (true, false) => first,
                (false, false) => second,
                (true, true) => firstPlain,
                _ => secondPlain,
            };
            EdgePrediction prediction = await client.PredictAsync(["Where is my invoice?"], new EdgeCallOptions { Adapter = adapter }, token);
            EdgePrediction alone = expected[(model, adapter)];
            for (int output = 0; output < 2; output++)
            {
                Assert.AreEqual(alone.Fields[output].Text, prediction.Fields[output].Text);
                foreach (LabelProbability label in alone.Fields[output].Probabilities)
                {
                    Assert.AreEqual(label.Probability, prediction.Fields[output].Probabilities.First(other => other.Label == label.Label).Probability, 1e-4);
                }
            }
        });
    }

    [TestMethod]
    public async Task An_adapter_changes_the_probabilities_as_llama_cpp_applies_it()
    {
        string path = Deploy("smollm2");
        using EdgePromptClient client = Open(path, TestModel.SingleSource);
        await client.PredictAsync(["a", "b"], new EdgeCallOptions { Adapter = "globex" }, TestContext.CancellationToken);
        EdgePrediction prediction = await client.PredictAsync(["a", "b"], new EdgeCallOptions { Adapter = "acme" }, TestContext.CancellationToken);

        using LlamaContext plain = client.Host.Model.CreateContext(new LlamaContextOptions { ContextLength = 512, BatchSize = 512, ThreadCount = 1, BatchThreadCount = 1 });
        using LlamaAdapter adapter = LlamaAdapter.Load(client.Host.Model, Path.Combine(_directory, "smollm2", "acme.lora.gguf"));
        plain.SetAdapter(adapter);
        int[] prompt = client.Encoder.Encode(["a", "b"]).Tokens;
        string[] labels = [.. client.Encoder.Prompt.Labels["category"]];
        double[] probabilities = PlainScoring.Probabilities(client.Encoder, labels, plain, prompt);
        for (int i = 0; i < labels.Length; i++)
        {
            Assert.AreEqual(probabilities[i], prediction.Fields[0].Probabilities.First(label => label.Label == labels[i]).Probability, 1e-3);
        }
    }

    [TestMethod]
    public async Task The_adapter_that_was_not_used_for_longest_is_freed_and_comes_back()
    {
        string path = Deploy("smollm2");
        using EdgePromptClient client = Open(path, limit: 1);
        EdgePrediction[] first = await AnswerAllAsync();
        EdgePrediction[] again = await AnswerAllAsync();

        for (int i = 0; i < first.Length; i++)
        {
            PrefixReuseTests.AssertEqual(first[i], again[i]);
        }

        Assert.HasCount(1, await client.Host.RunAsync(_ => client.Host.Adapters.Loaded, TestContext.CancellationToken));
        using EdgePromptClient roomy = Open(Deploy("llama3"));
        await roomy.PredictAsync(["a"], new EdgeCallOptions { Adapter = "acme" }, TestContext.CancellationToken);
        await roomy.PredictAsync(["a"], new EdgeCallOptions { Adapter = "globex" }, TestContext.CancellationToken);
        Assert.HasCount(2, await roomy.Host.RunAsync(_ => roomy.Host.Adapters.Loaded, TestContext.CancellationToken));

        async Task<EdgePrediction[]> AnswerAllAsync()
        {
            var predictions = new List<EdgePrediction>();
            foreach (string? name in new[] { "acme", "globex", "acme" })
            {
                predictions.Add(await client.PredictAsync(["a"], new EdgeCallOptions { Adapter = name }, TestContext.CancellationToken));
            }

            return [.. predictions];
        }
    }

    [TestMethod]
    public async Task An_adapter_that_is_not_the_manifests_is_refused_and_the_model_goes_on()
    {
        string path = Deploy("smollm2");
        string adapter = Path.Combine(_directory, "smollm2", "acme.lora.gguf");
        byte[] bytes = File.ReadAllBytes(adapter);
        bytes[^100] ^= 1;
        File.WriteAllBytes(adapter, bytes);
        File.Delete(Path.Combine(_directory, "smollm2", "globex.lora.gguf"));
        using EdgePromptClient client = Open(path);

        Assert.AreEqual(ErrorCodes.ArtifactInvalid, (await RefusedAsync("acme")).Code);
        Assert.Contains("missing", (await RefusedAsync("globex")).Message);
        Assert.Contains("It has: acme, globex", (await RefusedAsync("initech")).Message);
        using EdgePromptClient plain = Open(path, plain: true);
        Assert.HasCount(2, (await plain.PredictAsync(["a"], TestContext.CancellationToken)).Fields);

        async Task<EdgeModelException> RefusedAsync(string name) => await Assert.ThrowsExactlyAsync<EdgeModelException>(
            async () => await client.PredictAsync(["a"], new EdgeCallOptions { Adapter = name }, TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task A_call_that_names_no_adapter_is_answered_by_the_one_with_the_name_of_the_model_and_refused_without_one()
    {
        string path = Deploy("smollm2");
        using EdgePromptClient tenants = Open(path);
        EdgeModelException refused = await Assert.ThrowsExactlyAsync<EdgeModelException>(
            async () => await tenants.PredictAsync(["a"], TestContext.CancellationToken));
        Assert.AreEqual(ErrorCodes.ArtifactInvalid, refused.Code);
        Assert.Contains("acme, globex", refused.Message);

        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        EdgeManifest manifest = Manifest(definition, path, model: "acme");
        using EdgePromptClient shared = EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = path, Manifest = manifest });
        EdgePrediction unnamed = await shared.PredictAsync(["a"], TestContext.CancellationToken);
        PrefixReuseTests.AssertEqual(await tenants.PredictAsync(["a"], new EdgeCallOptions { Adapter = "acme" }, TestContext.CancellationToken), unnamed);
    }

    [TestMethod]
    public async Task An_adapter_answers_with_its_own_label_heads()
    {
        string path = Deploy("smollm2");
        string folder = Path.GetDirectoryName(path)!;
        string[] labels;
        int width;
        using (EdgePromptClient plain = Open(path, plain: true))
        {
            labels = [.. plain.Encoder.Prompt.Labels["category"]];
            width = plain.Host.Model.EmbeddingLength;
        }

        WriteHeads(Path.Combine(folder, "acme.lora.gguf"), favourite: 0);
        WriteHeads(Path.Combine(folder, "globex.lora.gguf"), favourite: 1);
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        using EdgePromptClient client = EdgePromptClient.Open(
            definition, new EdgeClientOptions { Threads = 1, ModelPath = path, Manifest = Manifest(definition, path), VerifyHashes = false });
        for (int turn = 0; turn < 2; turn++)
        {
            for (int favourite = 0; favourite < 2; favourite++)
            {
                EdgePrediction prediction = await client.PredictAsync(["a"], new EdgeCallOptions { Adapter = _names[favourite] }, TestContext.CancellationToken);
                Assert.AreEqual(labels[favourite], prediction.Fields[0].Text);
                Assert.IsGreaterThan(0.99, prediction.Fields[0].Confidence);
            }
        }

        void WriteHeads(string file, int favourite)
        {
            using GgufFile source = GgufFile.Open(file);
            using var writer = new GgufWriter(source);

            // No weights, so that the bias alone decides: 50 is as good as certain.
            float[] values = new float[labels.Length * (width + 1)];
            values[(labels.Length * width) + favourite] = 50;
            LabelHeadMetadata.Write(writer, [new LabelHeadValues(LabelHeadMetadata.NameOf("triage", "category"), labels.Length, values)]);
            foreach (GgufTensor tensor in source.Tensors)
            {
                writer.AddTensor(tensor);
            }

            writer.Write(file, TestContext.CancellationToken);
        }
    }

    [TestMethod]
    public async Task An_adapter_that_was_not_trained_for_the_prompt_is_refused()
    {
        string path = Deploy("smollm2");
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        EdgeManifest manifest = Manifest(definition, path, prompts: [new EdgeManifestPrompt { Name = "another", Hash = definition.Hash }]);
        using EdgePromptClient client = EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = path, Manifest = manifest });
        EdgeModelException refused = await Assert.ThrowsExactlyAsync<EdgeModelException>(
            async () => await client.PredictAsync(["a"], new EdgeCallOptions { Adapter = "acme" }, TestContext.CancellationToken));
        Assert.Contains("Adapter=\"acme\"", refused.Message);
    }

    [TestMethod]
    public void An_adapter_of_another_model_is_refused()
    {
        string path = Deploy("smollm2");
        PromptDefinition definition = TestModel.Define(TestModel.TriageSource);
        EdgeManifest manifest = Manifest(definition, path, modelSha256: new string('0', 64));
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() =>
            EdgePromptClient.Open(definition, new EdgeClientOptions { Threads = 1, ModelPath = path, Manifest = manifest }));

        Assert.AreEqual(ErrorCodes.AdapterMismatch, exception.Code);
        EdgeManifest read = EdgeManifest.Parse(manifest.ToUtf8Json());
        Assert.AreEqual("globex.lora.gguf", read.Adapters[1].File.Name);
        Assert.AreEqual(new string('0', 64), read.Adapters[1].ModelSha256);
    }

    private static EdgeManifest Manifest(
        PromptDefinition definition, string path, string? modelSha256 = null, string? model = null, IReadOnlyList<EdgeManifestPrompt>? prompts = null)
    {
        EdgeManifest plain = TestModel.Manifest(definition, path);
        return new EdgeManifest
        {
            Model = model ?? plain.Model,
            ChatFormat = plain.ChatFormat,
            Files = plain.Files,
            Prompts = plain.Prompts,
            Adapters = [.. _names.Select(name =>
            {
                // The hashes are those of the fixtures, whatever happened to the deployed files.
                string file = Path.Combine(TestModel.Fixtures, Path.GetFileName(Path.GetDirectoryName(path)!), name == "acme" ? "adapter_random.gguf" : "adapter_trained.gguf");
                return new EdgeManifestAdapter
                {
                    Name = name,
                    File = new EdgeManifestFile { Name = name + ".lora.gguf", Sha256 = FileHash.Sha256(file), Size = new FileInfo(file).Length },
                    ModelSha256 = modelSha256 ?? plain.Files[0].Sha256,
                    Prompts = prompts ?? [],
                };
            })],
        };
    }

    private string Deploy(string model)
    {
        string source = Path.Combine(TestModel.Fixtures, model);
        string target = Directory.CreateDirectory(Path.Combine(_directory, model)).FullName;
        File.Copy(Path.Combine(source, "adapter_random.gguf"), Path.Combine(target, "acme.lora.gguf"), overwrite: true);
        File.Copy(Path.Combine(source, "adapter_trained.gguf"), Path.Combine(target, "globex.lora.gguf"), overwrite: true);
        string path = Path.Combine(target, "Test.gguf");
        File.Copy(Path.Combine(source, "base.gguf"), path, overwrite: true);
        return path;
    }

    private EdgePromptClient Open(string path, string source = TestModel.TriageSource, long limit = 1 << 30, bool plain = false)
    {
        PromptDefinition definition = TestModel.Define(source);
        return EdgePromptClient.Open(
            definition,
            new EdgeClientOptions
            {
                Threads = 1,
                ModelPath = path,
                Manifest = plain ? TestModel.Manifest(definition, path) : Manifest(definition, path),
                AdapterMemoryLimit = limit,
                Proofs = new ModelFileProof(Path.Combine(_directory, "proofs")),
            });
    }
}
