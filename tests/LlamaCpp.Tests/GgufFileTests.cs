using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class GgufFileTests
{
    [TestMethod]
    public void Metadata_of_the_base_model_can_be_read()
    {
        using var file = GgufFile.Open(RepositoryFiles.Model);

        Assert.AreEqual("llama", file.Architecture);
        Assert.AreEqual(30, file.GetInteger("llama.block_count"));
        Assert.AreEqual(576, file.GetNumber("llama.embedding_length"));
        Assert.AreEqual(1e-5, file.GetNumber("llama.attention.layer_norm_rms_epsilon")!.Value, 1e-9);
        Assert.IsFalse(file.GetBoolean("tokenizer.ggml.add_bos_token"));
        Assert.HasCount(49152, file.GetStrings("tokenizer.ggml.tokens")!);
        Assert.AreEqual("<|im_end|>", file.GetStrings("tokenizer.ggml.tokens")![2]);
        Assert.HasCount(49152, file.GetIntegers("tokenizer.ggml.token_type")!);
        Assert.AreEqual(GgufValueType.Array, file.GetValueType("tokenizer.ggml.merges"));
        Assert.AreEqual(GgufValueType.String, file.GetArrayType("tokenizer.ggml.merges"));
        Assert.Contains("<|im_start|>", file.GetString("tokenizer.chat_template")!);
    }

    [TestMethod]
    public void Missing_keys_and_values_of_another_type_are_null()
    {
        using var file = GgufFile.Open(RepositoryFiles.Model);

        Assert.IsNull(file.GetString("no.such.key"));
        Assert.IsNull(file.GetString("llama.block_count"));
        Assert.IsNull(file.GetInteger("general.architecture"));
        Assert.IsNull(file.GetIntegers("tokenizer.ggml.tokens"));
        Assert.IsNull(file.GetStrings("tokenizer.ggml.token_type"));
        Assert.IsNull(file.GetBoolean("llama.block_count"));
        Assert.IsNull(file.FindTensor("no.such.tensor"));
        Assert.AreEqual(ErrorCodes.InvalidGguf, Assert.ThrowsExactly<EdgeModelException>(() => file.GetTensor("no.such.tensor")).Code);
    }

    [TestMethod]
    public void Tensors_have_the_shapes_and_types_of_the_file()
    {
        using var file = GgufFile.Open(RepositoryFiles.Model);

        GgufTensor down = file.GetTensor("blk.0.ffn_down.weight");
        CollectionAssert.AreEqual(new long[] { 1536, 576 }, down.Shape.ToArray());
        Assert.AreEqual(1536, down.RowLength);
        Assert.AreEqual(576, down.RowCount);
        Assert.AreEqual(down.ByteCount, down.RowCount * GgmlTypes.RowByteCount(down.Type, down.RowLength));
        Assert.AreEqual(GgmlType.F32, file.GetTensor("output_norm.weight").Type);
        Assert.AreEqual(file.Tensors.Count, file.Tensors.Select(tensor => tensor.Name).Distinct(StringComparer.Ordinal).Count());
    }

    [TestMethod]
    public void Rows_dequantize_to_the_same_values_alone_and_together()
    {
        using var file = GgufFile.Open(RepositoryFiles.Model);
        GgufTensor tensor = file.GetTensor("token_embd.weight");
        float[] all = tensor.Dequantize();
        float[] some = new float[3 * tensor.RowLength];

        tensor.Dequantize(40_000, 3, some);

        CollectionAssert.AreEqual(all[(int)(40_000 * tensor.RowLength)..(int)(40_003 * tensor.RowLength)], some);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tensor.Dequantize(tensor.RowCount - 1, 2, some));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => tensor.Dequantize(0, 4, some));
    }

    [TestMethod]
    public void Q4_1_blocks_dequantize_by_their_formula()
    {
        // ggml/src/ggml-quants.c, dequantize_row_q4_1: 32 values in a block, half-precision scale d and minimum m, value = d * nibble + m;
        // the low nibbles are the first 16 values.
        using var file = GgufFile.Open(RepositoryFiles.Model);
        GgufTensor tensor = file.Tensors.First(candidate => candidate.Type == GgmlType.Q4_1);
        float[] actual = tensor.Dequantize();
        ReadOnlySpan<byte> data = tensor.Data;
        for (int block = 0; block < 500; block++)
        {
            ReadOnlySpan<byte> bytes = data.Slice(block * 20, 20);
            float scale = (float)BitConverter.ToHalf(bytes);
            float minimum = (float)BitConverter.ToHalf(bytes[2..]);
            for (int index = 0; index < 16; index++)
            {
                Assert.AreEqual((scale * (bytes[4 + index] & 15)) + minimum, actual[(block * 32) + index], 1e-6f);
                Assert.AreEqual((scale * (bytes[4 + index] >> 4)) + minimum, actual[(block * 32) + 16 + index], 1e-6f);
            }
        }
    }

    [TestMethod]
    public void A_disposed_file_gives_no_data()
    {
        var file = GgufFile.Open(RepositoryFiles.Fixture("llama3", "base.gguf"));
        GgufTensor tensor = file.Tensors[0];
        file.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => tensor.Dequantize());
        Assert.ThrowsExactly<ObjectDisposedException>(() => file.GetString("general.architecture"));
    }
}
