namespace EdgeBuild.LlamaCpp.Tests;

/// <summary>The hidden states of outputs, which label heads read.</summary>
[TestClass]
public sealed class HiddenStateTests
{
    [TestMethod]
    [DataRow("llama3")]
    [DataRow("qwen2")]
    [DataRow("qwen3")]
    [DataRow("gemma3")]
    [DataRow("phi3")]
    public void A_hidden_state_times_the_output_matrix_is_the_logits(string architecture)
    {
        var fixture = Fixture.Load(architecture);
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext context = model.CreateContext(
            Fixture.ExactOptions() with { KeepHiddenStates = true, MaxSequences = 3, MicroBatchSize = 8, FlashAttention = LlamaFlashAttention.Automatic });
        using GgufFile file = GgufFile.Open(fixture.BasePath);
        GgufTensor matrix = file.FindTensor("output.weight") ?? file.GetTensor("token_embd.weight");
        float[] head = matrix.Dequantize();
        var batch = new LlamaBatch();

        // Three sequences, outputs here and there, and so many tokens that llama.cpp computes them in several micro-batches.
        List<int> outputs = [];
        for (int sequence = 0; sequence < 3; sequence++)
        {
            for (int index = 0; index < 10; index++)
            {
                bool wanted = (index + sequence) % 4 == 3;
                int added = batch.Add(fixture.Tokens[index + sequence], index, sequence, wanted);
                if (wanted)
                {
                    outputs.Add(added);
                }
            }
        }

        for (int round = 0; round < 2; round++)
        {
            context.Clear();
            context.Decode(batch);
            foreach (int output in outputs)
            {
                ReadOnlySpan<float> hidden = context.GetHiddenState(batch, output);
                ReadOnlySpan<float> logits = context.GetLogits(output);
                for (int token = 0; token < logits.Length; token += 7)
                {
                    Assert.AreEqual(logits[token], Dot(hidden, head.AsSpan(token * hidden.Length, hidden.Length)), 1e-4);
                }
            }
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.GetHiddenState(batch, outputs[0] - 1).ToArray());

        float[][] states = [.. outputs.Select(output => context.GetHiddenState(batch, output).ToArray())];
        float[] after = context.GetLogits(outputs[0]).ToArray();
        context.Clear();
        context.DecodeHiddenStates(batch);
        for (int output = 0; output < states.Length; output++)
        {
            CollectionAssert.AreEqual(states[output], context.GetHiddenState(batch, outputs[output]).ToArray());
        }

        Assert.ThrowsExactly<InvalidOperationException>(() => context.GetLogits(outputs[0]).ToArray());
        context.Clear();
        context.Decode(batch);
        CollectionAssert.AreEqual(after, context.GetLogits(outputs[0]).ToArray());
    }

    [TestMethod]
    public void Logits_are_the_same_with_and_without()
    {
        var fixture = Fixture.Load("smollm2");
        using var model = LlamaModel.Load(fixture.BasePath);
        using LlamaContext with = model.CreateContext(Fixture.ExactOptions() with { KeepHiddenStates = true });
        using LlamaContext without = model.CreateContext(Fixture.ExactOptions());

        CollectionAssert.AreEqual(LlamaCppLogits.Of(without, fixture.Tokens), LlamaCppLogits.Of(with, fixture.Tokens));
        Assert.ThrowsExactly<InvalidOperationException>(() => without.GetHiddenState(new LlamaBatch(), 0).ToArray());
    }

    [TestMethod]
    public void Metadata_of_a_model_keep_label_heads_and_llama_cpp_loads_it()
    {
        using var folder = new TemporaryFolder();
        var fixture = Fixture.Load("llama3");
        string path = Path.Combine(folder.Path, "model.gguf");
        LabelHeadValues[] heads = [new("triage/category", 3, [.. Enumerable.Range(0, 3 * 5).Select(value => value / 7f)]), new("triage/urgent", 2, [1, 2, 3, 4])];
        using (GgufFile source = GgufFile.Open(fixture.BasePath))
        using (var writer = new GgufWriter(source))
        {
            LabelHeadMetadata.Write(writer, heads);
            foreach (GgufTensor tensor in source.Tensors)
            {
                writer.AddTensor(tensor);
            }

            writer.Write(path);
        }

        using GgufFile file = GgufFile.Open(path);
        IReadOnlyList<LabelHeadValues> read = LabelHeadMetadata.Read(file);
        using var model = LlamaModel.Load(path);

        Assert.HasCount(2, read);
        Assert.AreEqual("triage/category", read[0].Name);
        Assert.AreEqual(4, read[0].Width);
        CollectionAssert.AreEqual(heads[0].Values, read[0].Values);
        Assert.AreEqual((2f * 10) + 4, read[1].Logit(1, [10]));
        Assert.ThrowsExactly<ArgumentException>(() => read[0].Logit(0, [10]));
    }

    private static double Dot(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int index = 0; index < left.Length; index++)
        {
            sum += (double)left[index] * right[index];
        }

        return sum;
    }
}
