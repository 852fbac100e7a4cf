using System.Reflection;
using System.Runtime.Loader;

using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

using Microsoft.Extensions.AI;

namespace EdgeBuild.Runtime.Tests;

/// <summary>An app that catches <see cref="EdgeModelException"/> has caught everything that goes wrong but for cancellation and wrong calls.</summary>
[TestClass]
public sealed class ErrorTests : IDisposable
{
    private static readonly PromptDefinition _triage = TestModel.Define(TestModel.TriageSource);

    private readonly string _directory = Directory.CreateTempSubdirectory("edge-errors-").FullName;

    public TestContext TestContext { get; set; } = null!;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public void What_cannot_be_opened_has_the_code_of_its_reason()
    {
        string path = Deploy();
        EdgeManifest manifest = TestModel.Manifest(_triage, path);
        var open = new PromptDefinition(
            "Test",
            "triage",
            TestModel.TriageSource.Replace("    enumValues: [Billing, Bug, BugReport, Access, Integration, HowTo]\n", string.Empty, StringComparison.Ordinal),
            _triage.Hash,
            new Dictionary<string, IReadOnlyList<string>>());

        AssertRefused(ErrorCodes.ArtifactInvalid, _triage, new EdgeClientOptions { ModelPath = Path.Combine(_directory, "none.gguf") });
        AssertRefused(ErrorCodes.ArtifactInvalid, _triage, new EdgeClientOptions { ModelPath = _directory, Manifest = TestModel.Manifest(_triage) });
        AssertRefused(ErrorCodes.ArtifactInvalid, _triage, new EdgeClientOptions { ModelPath = path, Manifest = TestModel.Manifest(TestModel.Define(TestModel.SingleSource), path) });
        AssertRefused(ErrorCodes.UnknownChatFormat, _triage, new EdgeClientOptions { ModelPath = path, Manifest = Changed(manifest, chatFormat: "none") });
        AssertRefused(ErrorCodes.LabelsUnknown, open, new EdgeClientOptions { ModelPath = path, Manifest = TestModel.Manifest(open, path) });

        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1000] ^= 0x40;
        File.WriteAllBytes(path, bytes);
        AssertRefused(ErrorCodes.ArtifactInvalid, _triage, new EdgeClientOptions { ModelPath = path, Manifest = manifest });
        File.WriteAllBytes(path, bytes[..2000]);
        AssertRefused(ErrorCodes.InvalidGguf, _triage, new EdgeClientOptions { ModelPath = path, Manifest = TestModel.Manifest(_triage) });
        AssertRefused(ErrorCodes.InvalidGguf, () => EdgeChatClient.Open(new EdgeClientOptions { ModelPath = path }));
    }

    [TestMethod]
    public async Task What_a_call_cannot_have_has_the_code_of_its_reason()
    {
        string path = Deploy();

        // Trained on another base: its hash is that of the manifest, and llama.cpp refuses it.
        string strange = Path.Combine(_directory, "strange.lora.gguf");
        File.Copy(Path.Combine(TestModel.Fixtures, "gemma3", "adapter_trained.gguf"), strange);
        EdgeManifest manifest = Changed(TestModel.Manifest(_triage, path), adapters:
        [
            Adapter("strange", FileHash.Sha256(strange), new FileInfo(strange).Length),
            Adapter("missing", new string('0', 64), 1),
        ]);
        using EdgePromptClient client = EdgePromptClient.Open(_triage, new EdgeClientOptions { Threads = 1, ModelPath = path, Manifest = manifest });
        await AssertFailsAsync(ErrorCodes.AdapterMismatch, new EdgeCallOptions { Adapter = "strange" });
        await AssertFailsAsync(ErrorCodes.ArtifactInvalid, new EdgeCallOptions { Adapter = "missing" });
        await AssertFailsAsync(ErrorCodes.ArtifactInvalid, new EdgeCallOptions { Adapter = "unknown" });
        await AssertFailsAsync(ErrorCodes.ArtifactInvalid, null);

        using EdgePromptClient reply = TestModel.Open(TestModel.ReplySource, path);
        EdgeModelException tooLong = await Assert.ThrowsExactlyAsync<EdgeModelException>(async () =>
            await reply.PredictAsync(["a"], new EdgeCallOptions { MaxTokens = 1_000_000 }, TestContext.CancellationToken));
        Assert.AreEqual(ErrorCodes.ContextExceeded, tooLong.Code);
        using EdgeChatClient chat = EdgeChatClient.Open(new EdgeClientOptions { ModelPath = path, Threads = 1 });
        EdgeModelException unsupported = await Assert.ThrowsExactlyAsync<EdgeModelException>(() =>
            chat.GetResponseAsync("a", new ChatOptions { ResponseFormat = ChatResponseFormat.Json }, TestContext.CancellationToken));
        Assert.AreEqual(ErrorCodes.UnsupportedChatRequest, unsupported.Code);

        async Task AssertFailsAsync(string code, EdgeCallOptions? options)
        {
            EdgeModelException exception = await Assert.ThrowsExactlyAsync<EdgeModelException>(async () =>
                await client.PredictAsync(["a"], options, TestContext.CancellationToken));
            Assert.AreEqual(code, exception.Code, exception.Message);
        }
    }

    [TestMethod]
    public async Task Wrong_calls_and_cancellation_stay_what_they_are()
    {
        string path = Deploy();
        EdgePromptClient client = TestModel.Open(TestModel.TriageSource, path);
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.PredictAsync([], TestContext.CancellationToken));
        await Assert.ThrowsAsync<ArgumentException>(async () => await client.PredictAsync(["a"], new EdgeCallOptions { TopP = 3 }, TestContext.CancellationToken));
        Assert.ThrowsExactly<InvalidOperationException>(() => client.StreamAsync(["a"], cancellationToken: TestContext.CancellationToken));
        await Assert.ThrowsAsync<OperationCanceledException>(async () => await client.PredictAsync(["a"], new CancellationToken(canceled: true)));
        await Assert.ThrowsExactlyAsync<IOException>(async () =>
        {
            await foreach (EdgePrediction prediction in client.PredictStreamAsync(Rows(), null, TestContext.CancellationToken))
            {
                Assert.HasCount(2, prediction.Fields);
            }
        });
        client.Dispose();
        await Assert.ThrowsExactlyAsync<ObjectDisposedException>(async () => await client.PredictAsync(["a"], TestContext.CancellationToken));

        static IEnumerable<IReadOnlyList<string>> Rows()
        {
            yield return ["a"];
            throw new IOException("That of the app.");
        }
    }

    [TestMethod]
    public void What_others_throw_is_the_cause_and_a_defect_tells_nothing_of_the_call()
    {
        var defect = new InvalidOperationException("The answer was 4111 1111.");
        EdgeModelException translated = Assert.ThrowsExactly<EdgeModelException>(() => ExceptionTranslation.Run<int>(() => throw defect));

        Assert.AreEqual(ErrorCodes.ComputationFailed, translated.Code);
        Assert.AreSame(defect, translated.InnerException);
        Assert.DoesNotContain("4111", translated.Message);
        Assert.AreEqual(ErrorCodes.ArtifactInvalid, ExceptionTranslation.Translate(new UnauthorizedAccessException("No.")).Code);
        Assert.AreEqual(ErrorCodes.ComputationFailed, ExceptionTranslation.Translate(new InsufficientMemoryException()).Code);
        var coded = new EdgeBuildException(ErrorCodes.LabelsUnknown, "None.", "a.prompty", new SourcePosition(3, 4));
        EdgeModelException same = ExceptionTranslation.Translate(coded);
        Assert.AreEqual((coded.Code, coded.Message, coded.Path, coded.Position), (same.Code, same.Message, same.Path, same.Position));
    }

    [TestMethod]
    [DoNotParallelize]
    public void Natives_that_cannot_be_loaded_have_a_code()
    {
        // This process has loaded them already: a second copy of the assemblies has not.
        NativeLibraries.EnsureLoaded();
        string? folder = Environment.GetEnvironmentVariable(NativeLibraries.FolderVariable);
        var second = new SecondCopy();
        try
        {
            Environment.SetEnvironmentVariable(NativeLibraries.FolderVariable, _directory);
            Assembly runtime = second.LoadFromAssemblyName(typeof(EdgeChatClient).Assembly.GetName());
            Type optionsType = runtime.GetType(typeof(EdgeClientOptions).FullName!, throwOnError: true)!;
            object options = Activator.CreateInstance(optionsType)!;
            optionsType.GetProperty(nameof(EdgeClientOptions.ModelPath))!.SetValue(options, Deploy());
            MethodInfo open = runtime.GetType(typeof(EdgeChatClient).FullName!, throwOnError: true)!.GetMethod(nameof(EdgeChatClient.Open))!;

            Exception exception = Assert.ThrowsExactly<TargetInvocationException>(() => open.Invoke(null, [options, 256])).InnerException!;

            Assert.AreEqual(typeof(EdgeModelException).FullName, exception.GetType().FullName);
            Assert.AreEqual(ErrorCodes.NativeLibraryMissing, exception.GetType().GetProperty(nameof(EdgeModelException.Code))!.GetValue(exception));
        }
        finally
        {
            Environment.SetEnvironmentVariable(NativeLibraries.FolderVariable, folder);
            second.Unload();
        }
    }

    private static EdgeManifest Changed(EdgeManifest manifest, string? chatFormat = null, IReadOnlyList<EdgeManifestAdapter>? adapters = null) => new()
    {
        Model = manifest.Model,
        ChatFormat = chatFormat ?? manifest.ChatFormat,
        Files = manifest.Files,
        Prompts = manifest.Prompts,
        Adapters = [.. (adapters ?? []).Select(adapter => new EdgeManifestAdapter { Name = adapter.Name, File = adapter.File, ModelSha256 = manifest.Files[0].Sha256 })],
    };

    private static EdgeManifestAdapter Adapter(string name, string sha256, long size) => new()
    {
        Name = name,
        File = new EdgeManifestFile { Name = name + ".lora.gguf", Sha256 = sha256, Size = size },
        ModelSha256 = string.Empty,
    };

    private static void AssertRefused(string code, Func<object> open)
    {
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => open());
        Assert.AreEqual(code, exception.Code, exception.Message);
    }

    private void AssertRefused(string code, PromptDefinition definition, EdgeClientOptions options)
    {
        options.Proofs = new ModelFileProof(_directory);
        AssertRefused(code, () => EdgePromptClient.Open(definition, options));
    }

    private string Deploy()
    {
        string path = Path.Combine(_directory, "Test.gguf");
        File.Copy(TestModel.TinySmolLM2, path, overwrite: true);
        return path;
    }

    private sealed class SecondCopy() : AssemblyLoadContext(isCollectible: true)
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name!.StartsWith("EdgeBuild.", StringComparison.Ordinal)
            ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, assemblyName.Name + ".dll"))
            : null;
    }
}
