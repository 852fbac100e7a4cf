using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class GgufWriterTests
{
    [TestMethod]
    [DataRow("llama3/base.gguf")]
    [DataRow("llama3/adapter_random.gguf")]
    [DataRow("smollm2/base.gguf")]
    [DataRow("smollm2/adapter_trained.gguf")]
    [DataRow("model")]
    public void A_copied_file_is_equal_byte_for_byte(string name)
    {
        string source = name == "model" ? RepositoryFiles.Model : Path.Combine(RepositoryFiles.Root, "tests", "Fixtures", name);
        using var folder = new TemporaryFolder();
        string copy = folder.File("copy.gguf");
        using (var file = GgufFile.Open(source))
        using (var writer = new GgufWriter(file))
        {
            foreach (GgufTensor tensor in file.Tensors)
            {
                writer.AddTensor(tensor);
            }

            writer.Write(copy);
        }

        Assert.AreEqual(FileHash.Sha256(source), FileHash.Sha256(copy));
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void One_tensor_can_be_replaced_and_the_others_stay_byte_for_byte()
    {
        using var folder = new TemporaryFolder();
        string copy = folder.File("copy.gguf");
        using var file = GgufFile.Open(RepositoryFiles.Model);
        GgufTensor replaced = file.GetTensor("blk.3.attn_q.weight");
        float[] values = [.. replaced.Dequantize().Select(value => value * 2)];
        byte[] data = GgmlQuantizer.Quantize(replaced.Type, values, replaced.RowCount, replaced.RowLength);
        using (var writer = new GgufWriter(file))
        {
            foreach (GgufTensor tensor in file.Tensors)
            {
                if (tensor.Name == replaced.Name)
                {
                    writer.AddTensor(tensor.Name, tensor.Type, [.. tensor.Shape], data);
                }
                else
                {
                    writer.AddTensor(tensor);
                }
            }

            writer.Set("edgebuild.base.sha256", "0123");
            writer.Write(copy);
        }

        using var result = GgufFile.Open(copy);
        CollectionAssert.AreEqual(file.Keys.Append("edgebuild.base.sha256").ToList(), result.Keys.ToList());
        foreach (GgufTensor tensor in file.Tensors)
        {
            bool equal = tensor.Data.SequenceEqual(result.GetTensor(tensor.Name).Data);
            Assert.AreEqual(tensor.Name != replaced.Name, equal, tensor.Name);
        }
    }

    [TestMethod]
    public void Values_of_every_kind_can_be_written_and_read()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("values.gguf");
        using (var writer = new GgufWriter())
        {
            writer.Set("text", "café 🙂");
            writer.Set("unsigned", uint.MaxValue);
            writer.Set("signed", -7);
            writer.Set("large", ulong.MaxValue >> 1);
            writer.Set("float", 0.25f);
            writer.Set("boolean", true);
            writer.SetArray("integers", [1, -2, 3]);
            writer.SetArray("floats", [0.5f, -0.5f]);
            writer.SetArray("texts", ["one", "", "zwei\n"]);
            writer.SetArray("nothing", Array.Empty<string>());
            writer.Set("removed", 1);
            Assert.IsTrue(writer.Remove("removed"));
            Assert.IsFalse(writer.Remove("removed"));
            writer.AddTensor("vector", [3], new float[] { 1, 2, 3 });
            writer.AddTensor("cube", [2, 3, 4], Enumerable.Range(0, 24).Select(value => (float)value).ToArray());
            writer.Write(path);
        }

        using var file = GgufFile.Open(path);
        Assert.AreEqual("café 🙂", file.GetString("text"));
        Assert.AreEqual(uint.MaxValue, file.GetInteger("unsigned"));
        Assert.AreEqual(-7, file.GetInteger("signed"));
        Assert.AreEqual(long.MaxValue, file.GetInteger("large"));
        Assert.AreEqual(0.25, file.GetNumber("float"));
        Assert.IsTrue(file.GetBoolean("boolean"));
        CollectionAssert.AreEqual(new long[] { 1, -2, 3 }, file.GetIntegers("integers"));
        CollectionAssert.AreEqual(new[] { 0.5, -0.5 }, file.GetNumbers("floats"));
        CollectionAssert.AreEqual(new[] { "one", string.Empty, "zwei\n" }, file.GetStrings("texts"));
        CollectionAssert.AreEqual(Array.Empty<string>(), file.GetStrings("nothing"));
        Assert.IsNull(file.GetInteger("removed"));
        CollectionAssert.AreEqual(new float[] { 1, 2, 3 }, file.GetTensor("vector").Dequantize());
        Assert.AreEqual(12, file.GetTensor("cube").RowCount);
        Assert.AreEqual(23f, file.GetTensor("cube").Dequantize()[^1]);
    }

    [TestMethod]
    public void An_unusual_alignment_is_kept()
    {
        using var folder = new TemporaryFolder();
        string source = folder.File("source.gguf");
        WriteWithAlignment(source, 128);
        string copy = folder.File("copy.gguf");
        using (var file = GgufFile.Open(source))
        using (var writer = new GgufWriter(file))
        {
            Assert.AreEqual(128, file.Alignment);
            foreach (GgufTensor tensor in file.Tensors)
            {
                writer.AddTensor(tensor);
            }

            writer.Write(copy);
        }

        CollectionAssert.AreEqual(File.ReadAllBytes(source), File.ReadAllBytes(copy));
    }

    [TestMethod]
    public void A_failed_or_cancelled_write_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("model.gguf");
        File.WriteAllText(path, "old");
        using var writer = new GgufWriter();
        writer.AddTensor("short", GgmlType.F32, [4], stream => stream.Write(new byte[12]));

        Assert.ThrowsExactly<InvalidOperationException>(() => writer.Write(path));
        Assert.ThrowsExactly<OperationCanceledException>(() => writer.Write(path, new CancellationToken(canceled: true)));

        Assert.AreEqual("old", File.ReadAllText(path));
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Names_and_shapes_that_ggml_would_abort_on_are_refused()
    {
        using var writer = new GgufWriter();
        writer.AddTensor("name", [1], new float[1]);

        Assert.ThrowsExactly<ArgumentException>(() => writer.AddTensor("name", [1], new float[1]));
        Assert.ThrowsExactly<ArgumentException>(() => writer.AddTensor(new string('n', 64), [1], new float[1]));
        Assert.ThrowsExactly<ArgumentException>(() => writer.AddTensor("five", [1, 1, 1, 1, 1], new float[1]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => writer.AddTensor("wrong", [2], new float[1]));
        Assert.ThrowsExactly<ArgumentException>(() => writer.AddTensor("blocks", GgmlType.Q4_0, [33], new byte[18]));
        Assert.ThrowsExactly<ArgumentException>(() => writer.Set("general.alignment", 64u));
        Assert.ThrowsExactly<ArgumentException>(() => writer.Set(string.Empty, 64u));
    }

    [TestMethod]
    public void A_written_adapter_is_loaded_by_llama_cpp()
    {
        var fixture = Fixture.Load("smollm2");
        using var folder = new TemporaryFolder();
        string path = folder.File("adapter.gguf");
        using (var given = GgufFile.Open(fixture.File("adapter_random.gguf")))
        using (var writer = new GgufWriter())
        {
            writer.Set("general.architecture", "llama");
            writer.Set("general.type", "adapter");
            writer.Set("adapter.type", "lora");
            writer.Set("adapter.lora.alpha", 8f);
            foreach (GgufTensor tensor in given.Tensors)
            {
                writer.AddTensor(tensor.Name, [.. tensor.Shape], tensor.Dequantize());
            }

            writer.Write(path);
        }

        using var model = LlamaModel.Load(fixture.BasePath);
        using var adapter = LlamaAdapter.Load(model, path);
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        context.SetAdapter(adapter);

        Assert.AreEqual("lora", adapter.GetMetadata("adapter.type"));
        Assert.IsNull(adapter.GetMetadata("no.such.key"));
        Assert.IsLessThan(1e-4, Fixture.LargestDifference(LlamaCppLogits.Of(context, fixture.Tokens), fixture.Logits("logits_lora")));
    }

    [TestMethod]
    public void An_adapter_of_another_base_is_refused()
    {
        using var model = LlamaModel.Load(RepositoryFiles.Model);

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(
            () => LlamaAdapter.Load(model, RepositoryFiles.Fixture("smollm2", "adapter_random.gguf")));

        Assert.AreEqual(ErrorCodes.AdapterMismatch, exception.Code);
    }

    private static void WriteWithAlignment(string path, int alignment)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write(2L);
        writer.Write(2L);
        Text("first");
        writer.Write((uint)GgufValueType.Int32);
        writer.Write(1);
        Text("general.alignment");
        writer.Write((uint)GgufValueType.UInt32);
        writer.Write(alignment);
        for (int index = 0; index < 2; index++)
        {
            Text("tensor" + index);
            writer.Write(1u);
            writer.Write(5L);
            writer.Write((uint)GgmlType.F32);
            writer.Write((long)(index * alignment));
        }

        for (int index = 0; index < 2; index++)
        {
            Pad();
            writer.Write(new byte[20].Select(_ => (byte)(index + 1)).ToArray());
        }

        Pad();
        File.WriteAllBytes(path, stream.ToArray());

        void Text(string text)
        {
            writer.Write((long)text.Length);
            writer.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        void Pad() => writer.Write(new byte[(int)(-stream.Position & (alignment - 1))]);
    }
}
