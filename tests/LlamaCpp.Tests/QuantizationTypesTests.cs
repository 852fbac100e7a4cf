using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class QuantizationTypesTests
{
    [TestMethod]
    [DataRow("smollm2", "Q4_K_M")]
    [DataRow("smollm2", "Q8_0")]
    [DataRow("llama3", "Q4_0")]
    [DataRow("llama3", "IQ4_NL")]
    [DataRow("qwen2", "Q5_K_M")]
    [DataRow("gemma3", "Q6_K")]
    [DataRow("phi3", "Q4_1")]
    [DataRow("qwen3", "F16")]
    public void The_types_are_those_that_llama_cpp_then_makes(string name, string type)
    {
        using var folder = new TemporaryFolder();
        string model = RepositoryFiles.Fixture(name, "base.gguf");
        IReadOnlyDictionary<string, GgmlType> made = ModelQuantizer.Quantize(model, folder.File("q.gguf"), type);

        IReadOnlyDictionary<string, GgmlType> planned = QuantizationTypes.Of(model, type);

        CollectionAssert.AreEquivalent(made.ToArray(), planned.ToArray());
    }

    [TestMethod]
    public void An_importance_matrix_changes_the_mix_and_a_quantized_base_does_not()
    {
        using var folder = new TemporaryFolder();
        string model = RepositoryFiles.Fixture("llama3", "base.gguf");
        ModelQuantizer.Quantize(model, folder.File("q.gguf"), "Q8_0");

        CollectionAssert.AreEquivalent(QuantizationTypes.Of(model, "Q4_0").ToArray(), QuantizationTypes.Of(folder.File("q.gguf"), "Q4_0").ToArray());
        CollectionAssert.AreEquivalent(QuantizationTypes.Of(model, "IQ4_NL", withImportance: true).Keys.ToArray(), QuantizationTypes.Of(model, "IQ4_NL").Keys.ToArray());
        Assert.HasCount(1, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void An_unknown_name_is_an_error() =>
        Assert.AreEqual(ErrorCodes.UnknownQuantization, Assert.ThrowsExactly<EdgeModelException>(() => QuantizationTypes.Of(RepositoryFiles.Model, "Q9")).Code);
}
