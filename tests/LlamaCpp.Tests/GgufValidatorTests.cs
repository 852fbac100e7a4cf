using System.Buffers.Binary;
using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class GgufValidatorTests
{
    [TestMethod]
    [DataRow("llama3/base.gguf")]
    [DataRow("smollm2/base.gguf")]
    [DataRow("qwen2/base.gguf")]
    [DataRow("qwen3/base.gguf")]
    [DataRow("gemma3/base.gguf")]
    [DataRow("phi3/base.gguf")]
    [DataRow("phi3/adapter_trained.gguf")]
    [DataRow("llama3/adapter_random.gguf")]
    [DataRow("smollm2/adapter_trained.gguf")]
    public void Good_files_are_accepted(string name) =>
        GgufValidator.Validate(Path.Combine(RepositoryFiles.Root, "tests", "Fixtures", name), requireSupportedArchitecture: true);

    [TestMethod]
    public void The_base_model_of_the_repository_is_accepted() => GgufValidator.Validate(RepositoryFiles.Model, requireSupportedArchitecture: true);

    [TestMethod]
    [DataRow("", "empty")]
    [DataRow("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "Git LFS pointer")]
    [DataRow("<!DOCTYPE html><html></html>", "web page")]
    [DataRow("PK\u0003\u0004 and more", "ZIP archive")]
    [DataRow("some other file", "does not start with 'GGUF'")]
    [DataRow("GGUF", "truncated")]
    public void Other_files_are_named_as_what_they_are(string content, string reason)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        File.WriteAllText(path, content);

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => GgufFile.Open(path));

        Assert.AreEqual(ErrorCodes.InvalidGguf, exception.Code);
        Assert.AreEqual(path, exception.Path);
        Assert.Contains(reason, exception.Message);
    }

    [TestMethod]
    public void A_missing_file_is_an_ordinary_error() =>
        Assert.ThrowsExactly<FileNotFoundException>(() => GgufValidator.Validate(Path.Combine(Path.GetTempPath(), "no-such-model.gguf")));

    [TestMethod]
    [DataRow("base.gguf")]
    [DataRow("adapter_random.gguf")]
    public void Truncated_files_are_always_refused(string name)
    {
        byte[] bytes = File.ReadAllBytes(RepositoryFiles.Fixture("llama3", name));
        long end = LastDataByte(RepositoryFiles.Fixture("llama3", name));
        var random = new Random(1);
        using var folder = new TemporaryFolder();
        string path = folder.File("truncated.gguf");
        for (int round = 0; round < 300; round++)
        {
            int length = round < 100 ? round * 3 : random.Next((int)end);
            File.WriteAllBytes(path, bytes.AsSpan(0, length));
            EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => GgufValidator.Validate(path), $"length {length}");
            Assert.AreEqual(ErrorCodes.InvalidGguf, exception.Code);
        }
    }

    [TestMethod]
    [DataRow("base.gguf", 11)]
    [DataRow("adapter_random.gguf", 12)]
    public void Files_with_changed_bytes_are_refused_or_read_but_never_crash(string name, int seed)
    {
        byte[] original = File.ReadAllBytes(RepositoryFiles.Fixture("smollm2", name));
        int header = (int)FirstDataByte(RepositoryFiles.Fixture("smollm2", name));
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        string path = folder.File("mutated.gguf");
        int refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] bytes = (byte[])original.Clone();
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                int index = random.Next(header);
                bytes[index] = random.Next(4) switch
                {
                    0 => 0,
                    1 => 0xFF,
                    2 => (byte)random.Next(256),
                    _ => (byte)(bytes[index] ^ (1 << random.Next(8))),
                };
            }

            File.WriteAllBytes(path, bytes);
            try
            {
                using var file = GgufFile.Open(path);
                foreach (GgufTensor tensor in file.Tensors)
                {
                    Assert.AreEqual(tensor.ByteCount, tensor.Data.Length);
                }
            }
            catch (EdgeModelException exception)
            {
                Assert.AreEqual(ErrorCodes.InvalidGguf, exception.Code);
                refused++;
            }
        }

        Assert.IsGreaterThan(300, refused);
    }

    [TestMethod]
    [DataRow("llama3")]
    [DataRow("qwen2")]
    [DataRow("qwen3")]
    [DataRow("gemma3")]
    [DataRow("phi3")]
    public void Changed_models_are_refused_or_computed_but_never_crash(string name)
    {
        byte[] original = File.ReadAllBytes(RepositoryFiles.Fixture(name, "base.gguf"));
        int header = (int)FirstDataByte(RepositoryFiles.Fixture(name, "base.gguf"));
        var random = new Random(13);
        using var folder = new TemporaryFolder();
        string path = folder.File("mutated.gguf");
        int computed = 0;
        for (int round = 0; round < 250; round++)
        {
            byte[] bytes = (byte[])original.Clone();
            bytes[random.Next(4) == 0 ? random.Next(bytes.Length) : random.Next(header)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(path, bytes);
            try
            {
                using var model = LlamaModel.Load(path);
                using LlamaContext context = model.CreateContext(new LlamaContextOptions { ContextLength = 64, ThreadCount = 1, BatchThreadCount = 1 });
                int[] tokens = model.Vocabulary.Tokenize("Hello <|im_end|> café 日本", parseSpecial: true);
                var batch = new LlamaBatch();
                int last = batch.Add(tokens, 0, 0, wantLastLogits: true);
                context.Decode(batch);
                Assert.AreEqual(model.Vocabulary.Count, context.GetLogits(last).Length);
                computed++;
            }
            catch (EdgeModelException exception)
            {
                Assert.AreNotEqual(string.Empty, exception.Message);
            }
        }

        Assert.IsGreaterThan(20, computed);
        Assert.IsLessThan(250, computed);
    }

    [TestMethod]
    public void An_unknown_architecture_is_refused_for_models_only()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        using (var writer = new GgufWriter())
        {
            writer.Set("general.architecture", "mamba");
            writer.AddTensor("token_embd.weight", [4, 4], new float[16]);
            writer.Write(path);
        }

        GgufFile.Open(path).Dispose();
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => LlamaModel.Load(path));
        Assert.AreEqual(ErrorCodes.UnsupportedArchitecture, exception.Code);
        Assert.Contains("mamba", exception.Message);
    }

    [TestMethod]
    [DataRow("llama.block_count", 7u, "blocks")]
    [DataRow("llama.attention.head_count", 0u, "head_count")]
    [DataRow("llama.attention.head_count_kv", 3u, "head")]
    [DataRow("llama.embedding_length", 32u, "width")]
    [DataRow("llama.feed_forward_length", 64u, "shape")]
    [DataRow("llama.rope.dimension_count", 7u, "rotated")]
    [DataRow("llama.rope.dimension_count", 8u, "rotated")]
    [DataRow("tokenizer.ggml.eos_token_id", 512u, "vocabulary")]
    [DataRow("split.count", 3u, "part")]
    public void Metadata_that_do_not_fit_the_tensors_are_refused(string key, uint value, string reason)
    {
        string message = RefusalOf(writer =>
        {
            writer.Set("split.no", 0u);
            writer.Set(key, value);
        });

        Assert.Contains(reason, message);
    }

    [TestMethod]
    public void A_negative_epsilon_is_refused() =>
        Assert.Contains("epsilon", RefusalOf(writer => writer.Set("llama.attention.layer_norm_rms_epsilon", -1f)));

    [TestMethod]
    public void A_vocabulary_of_another_length_is_refused() =>
        Assert.Contains("vocabulary", RefusalOf(writer => writer.SetArray("tokenizer.ggml.tokens", ["one", "two"])));

    [TestMethod]
    public void A_missing_tensor_is_refused() => Assert.Contains("blk.1.ffn_down.weight", RefusalOf(_ => { }, "blk.1.ffn_down.weight"));

    [TestMethod]
    public void Half_a_pair_of_an_adapter_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("adapter.gguf");
        using (var file = GgufFile.Open(RepositoryFiles.Fixture("smollm2", "adapter_random.gguf")))
        using (var writer = new GgufWriter(file))
        {
            foreach (GgufTensor tensor in file.Tensors.Skip(1))
            {
                writer.AddTensor(tensor);
            }

            writer.Write(path);
        }

        Assert.AreEqual(ErrorCodes.InvalidGguf, Assert.ThrowsExactly<EdgeModelException>(() => GgufValidator.Validate(path)).Code);
    }

    [TestMethod]
    public void Counts_beyond_the_file_are_refused_before_anything_is_allocated()
    {
        byte[] header = new byte[24];
        "GGUF"u8.CopyTo(header);
        header[4] = 3;
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        foreach (ulong count in new[] { 1UL, 1UL << 20, ulong.MaxValue })
        {
            foreach (int offset in new[] { 8, 16 })
            {
                byte[] bytes = (byte[])header.Clone();
                BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), count);
                File.WriteAllBytes(path, bytes);
                Assert.Contains("more than fit", Assert.ThrowsExactly<EdgeModelException>(() => GgufValidator.Validate(path)).Message);
            }
        }
    }

    private static string RefusalOf(Action<GgufWriter> change, string? withoutTensor = null)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        using (var file = GgufFile.Open(RepositoryFiles.Fixture("smollm2", "base.gguf")))
        using (var writer = new GgufWriter(file))
        {
            foreach (GgufTensor tensor in file.Tensors.Where(tensor => tensor.Name != withoutTensor))
            {
                writer.AddTensor(tensor);
            }

            change(writer);
            writer.Write(path);
        }

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => LlamaModel.Load(path));
        Assert.AreEqual(ErrorCodes.InvalidGguf, exception.Code);
        return exception.Message;
    }

    private static long FirstDataByte(string path)
    {
        using var file = GgufFile.Open(path);
        return file.Tensors.Min(tensor => tensor.Offset);
    }

    private static long LastDataByte(string path)
    {
        using var file = GgufFile.Open(path);
        return file.Tensors.Max(tensor => tensor.Offset + tensor.ByteCount);
    }
}
