namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class ImportanceMatrixTests
{
    [TestMethod]
    [DataRow("smollm2")]
    [DataRow("qwen2")]
    [DataRow("qwen3")]
    [DataRow("gemma3")]
    [DataRow("phi3")]
    public void Every_matrix_of_the_blocks_has_the_mean_square_of_each_input(string name)
    {
        string path = RepositoryFiles.Fixture(name, "base.gguf");
        using var model = LlamaModel.Load(path);
        using GgufFile file = GgufFile.Open(path);

        IReadOnlyDictionary<string, float[]> importance = ImportanceMatrix.Collect(model, null, [Fixture.Load(name).Tokens], 1);

        GgufTensor[] matrices = [.. file.Tensors.Where(tensor => tensor.Name.StartsWith("blk.", StringComparison.Ordinal) && tensor.Shape.Count == 2)];
        CollectionAssert.AreEquivalent(matrices.Select(tensor => tensor.Name).ToArray(), importance.Keys.ToArray());
        Assert.IsTrue(matrices.All(tensor => importance[tensor.Name].Length == tensor.RowLength && importance[tensor.Name].All(value => float.IsFinite(value) && value >= 0)));

        // What reaches the first products is normalized to a mean square of 1, less the epsilon of the norm, and then scaled by its weights.
        float[] norm = file.GetTensor("blk.0.attn_norm.weight").Dequantize();
        string first = matrices.First(tensor => tensor.Name is "blk.0.attn_q.weight" or "blk.0.attn_qkv.weight").Name;
        Assert.AreEqual(1, importance[first].Zip(norm, (square, weight) => square / (weight * weight)).Average(), 5e-3);
    }

    [TestMethod]
    public void Tokens_of_several_sequences_and_batches_count_alike_and_an_adapter_changes_what_follows_it()
    {
        using var model = LlamaModel.Load(RepositoryFiles.Fixture("smollm2", "base.gguf"));
        using var adapter = LlamaAdapter.Load(model, RepositoryFiles.Fixture("smollm2", "adapter_random.gguf"));
        int[] tokens = Fixture.Load("smollm2").Tokens;
        int[] longer = [.. Enumerable.Repeat(tokens, 600 / tokens.Length).SelectMany(part => part)];

        IReadOnlyDictionary<string, float[]> once = ImportanceMatrix.Collect(model, null, [tokens], 1);
        IReadOnlyDictionary<string, float[]> twice = ImportanceMatrix.Collect(model, null, [tokens, tokens], 1);
        IReadOnlyDictionary<string, float[]> adapted = ImportanceMatrix.Collect(model, adapter, [tokens], 1);
        IReadOnlyDictionary<string, float[]> batches = ImportanceMatrix.Collect(model, null, [longer], 1);

        const string Matrix = "blk.1.ffn_down.weight";
        CollectionAssert.AreEquivalent(once.Keys.ToArray(), adapted.Keys.ToArray());
        Assert.IsTrue(once[Matrix].Zip(twice[Matrix]).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-4 * pair.First));
        Assert.IsFalse(once[Matrix].SequenceEqual(adapted[Matrix]));
        Assert.HasCount(once.Count, batches);
    }
}
