using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class QuantizerTests
{
    /// <summary>The types and the largest root mean square error that they may have on values of standard deviation 1.</summary>
    [TestMethod]
    [DataRow(GgmlType.F32, 0.0)]
    [DataRow(GgmlType.F16, 0.0005)]
    [DataRow(GgmlType.BF16, 0.005)]
    [DataRow(GgmlType.Q8_0, 0.01)]
    [DataRow(GgmlType.Q6_K, 0.03)]
    [DataRow(GgmlType.Q5_K, 0.06)]
    [DataRow(GgmlType.Q5_0, 0.06)]
    [DataRow(GgmlType.Q5_1, 0.06)]
    [DataRow(GgmlType.Q4_K, 0.12)]
    [DataRow(GgmlType.Q4_0, 0.12)]
    [DataRow(GgmlType.Q4_1, 0.12)]
    [DataRow(GgmlType.IQ4_NL, 0.12)]
    [DataRow(GgmlType.Q3_K, 0.25)]
    [DataRow(GgmlType.Q2_K, 0.5)]
    public void Values_survive_quantization_within_the_error_of_the_type(GgmlType type, double limit)
    {
        const int Rows = 700;
        const int RowLength = 512;
        float[] values = Gaussian(Rows * RowLength);

        byte[] blocks = GgmlQuantizer.Quantize(type, values, Rows, RowLength);
        float[] result = new float[values.Length];
        GgmlDequantizer.Dequantize(type, blocks, Rows, RowLength, result);

        double error = Math.Sqrt(values.Zip(result, (left, right) => Math.Pow(left - right, 2)).Average());
        Assert.IsLessThanOrEqualTo(limit, error);
        CollectionAssert.AreEqual(blocks[..(int)GgmlTypes.RowByteCount(type, RowLength)], GgmlQuantizer.Quantize(type, values.AsSpan(0, RowLength), 1, RowLength));
    }

    [TestMethod]
    public void An_importance_matrix_lowers_the_error_where_it_weighs()
    {
        float[] values = Gaussian(64 * 256);
        float[] importance = [.. Enumerable.Range(0, 256).Select(index => index < 32 ? 100f : 0.01f)];

        double Error(ReadOnlySpan<float> weights)
        {
            byte[] blocks = GgmlQuantizer.Quantize(GgmlType.Q4_K, values, 64, 256, weights);
            float[] result = new float[values.Length];
            GgmlDequantizer.Dequantize(GgmlType.Q4_K, blocks, 64, 256, result);
            return Enumerable.Range(0, values.Length).Where(index => index % 256 < 32).Sum(index => Math.Pow(values[index] - result[index], 2));
        }

        Assert.IsLessThan(Error([]), Error(importance));
    }

    [TestMethod]
    [DataRow(float.NaN, 0)]
    [DataRow(float.PositiveInfinity, 511)]
    [DataRow(float.NegativeInfinity, 300)]
    public void A_value_that_is_not_finite_is_refused(float value, int index)
    {
        float[] values = Gaussian(512);
        values[index] = value;

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => GgmlQuantizer.Quantize(GgmlType.Q4_0, values, 1, 512));

        Assert.AreEqual(ErrorCodes.QuantizationFailed, exception.Code);
    }

    [TestMethod]
    public void Types_that_cannot_be_made_are_refused()
    {
        float[] values = Gaussian(256);

        Assert.ThrowsExactly<EdgeModelException>(() => GgmlQuantizer.Quantize(GgmlType.I32, values, 1, 256));
        Assert.ThrowsExactly<EdgeModelException>(() => GgmlQuantizer.Quantize(GgmlType.IQ2_XXS, values, 1, 256));
        Assert.ThrowsExactly<ArgumentException>(() => GgmlQuantizer.Quantize(GgmlType.Q4_K, values, 2, 128));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => GgmlQuantizer.Quantize(GgmlType.Q4_0, values, 2, 256));
        Assert.ThrowsExactly<NotSupportedException>(() => GgmlDequantizer.Dequantize(GgmlType.I32, new byte[1024], 1, 256, values));
    }

    [TestMethod]
    public void A_quantized_model_has_fallback_types_and_gives_nearly_the_same_logits()
    {
        var fixture = Fixture.Load("smollm2");
        using var folder = new TemporaryFolder();
        string path = folder.File("quantized.gguf");

        IReadOnlyDictionary<string, GgmlType> types = ModelQuantizer.Quantize(fixture.BasePath, path, "q8_0");

        Assert.AreEqual(GgmlType.Q8_0, types["blk.0.attn_q.weight"]);
        Assert.AreEqual(GgmlType.F32, types["blk.0.attn_norm.weight"]);
        using var model = LlamaModel.Load(path);
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        Assert.IsLessThan(0.2, Fixture.LargestDifference(LlamaCppLogits.Of(context, fixture.Tokens), fixture.Logits("logits")));
    }

    [TestMethod]
    public void Rows_that_do_not_fit_the_blocks_get_another_type_and_it_is_reported()
    {
        using var folder = new TemporaryFolder();

        IReadOnlyDictionary<string, GgmlType> types = ModelQuantizer.Quantize(
            RepositoryFiles.Fixture("smollm2", "base.gguf"), folder.File("quantized.gguf"), "Q4_K_M");

        Assert.AreEqual(GgmlType.Q5_0, types["blk.0.attn_q.weight"]);
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Quantizing_twice_gives_the_same_file()
    {
        using var folder = new TemporaryFolder();
        string input = RepositoryFiles.Fixture("llama3", "base.gguf");
        ModelQuantizer.Quantize(input, folder.File("first.gguf"), "Q4_0", new ModelQuantizationOptions { ThreadCount = 1 });
        ModelQuantizer.Quantize(input, folder.File("second.gguf"), "Q4_0", new ModelQuantizationOptions { ThreadCount = 2 });

        Assert.AreEqual(FileHash.Sha256(folder.File("first.gguf")), FileHash.Sha256(folder.File("second.gguf")));
    }

    [TestMethod]
    public void A_quantized_model_is_quantized_again_only_on_request()
    {
        using var folder = new TemporaryFolder();
        string output = folder.File("quantized.gguf");

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => ModelQuantizer.Quantize(RepositoryFiles.Model, output, "Q8_0"));

        Assert.AreEqual(ErrorCodes.QuantizationFailed, exception.Code);
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
        ModelQuantizer.Quantize(RepositoryFiles.Model, output, "Q8_0", new ModelQuantizationOptions { AllowRequantize = true });
        Assert.IsTrue(File.Exists(output));
    }

    [TestMethod]
    public void An_unknown_quantization_is_an_error_with_the_known_names()
    {
        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => ModelQuantizer.Quantize(RepositoryFiles.Model, "out.gguf", "Q4_9"));

        Assert.AreEqual(ErrorCodes.UnknownQuantization, exception.Code);
        Assert.Contains("Q4_K_M", exception.Message);
        Assert.IsTrue(ModelQuantizer.IsFileType("iq4_nl"));
        Assert.IsFalse(ModelQuantizer.IsFileType("Base"));
    }

    private static float[] Gaussian(int count)
    {
        var random = new Random(42);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }
}
