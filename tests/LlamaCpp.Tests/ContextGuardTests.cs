using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp.Tests;

/// <summary>What would end the process in native code is an exception.</summary>
[TestClass]
public sealed class ContextGuardTests
{
    private static readonly LlamaModel _model = LlamaModel.Load(RepositoryFiles.Fixture("smollm2", "base.gguf"));

    [TestMethod]
    public void A_batch_larger_than_the_context_is_refused()
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions { ContextLength = 32, BatchSize = 2048 });
        var batch = new LlamaBatch();
        batch.Add(new int[context.BatchSize + 1], 0, 0);

        Assert.ThrowsExactly<ArgumentException>(() => context.Decode(batch));
    }

    [TestMethod]
    public void Tokens_beyond_the_context_are_an_error_and_leave_it_usable()
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions { ContextLength = 256 });
        var batch = new LlamaBatch();
        batch.Add(new int[250], 0, 0);
        context.Decode(batch);
        batch.Clear();
        batch.Add(new int[50], 250, 0, wantLastLogits: true);

        EdgeModelException exception = Assert.ThrowsExactly<EdgeModelException>(() => context.Decode(batch));

        Assert.AreEqual(ErrorCodes.ContextExceeded, exception.Code);
        Assert.AreEqual(249, context.GetLastPosition(0));
    }

    [TestMethod]
    public void More_outputs_than_the_context_gives_are_refused()
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions { MaxOutputs = 1 });
        var batch = new LlamaBatch();
        batch.Add(5, 0, 0, wantLogits: true);
        batch.Add(6, 1, 0, wantLogits: true);

        Assert.ThrowsExactly<ArgumentException>(() => context.Decode(batch));
    }

    [TestMethod]
    public void Fewer_outputs_than_sequences_are_refused()
    {
        Assert.ThrowsExactly<InvalidOperationException>(() => _model.CreateContext(new LlamaContextOptions { MaxSequences = 4, MaxOutputs = 2 }));
        Assert.ThrowsExactly<InvalidOperationException>(() => _model.CreateContext(new LlamaContextOptions { MaxSequences = 4, BatchSize = 2 }));
    }

    [TestMethod]
    public void An_unknown_sequence_is_refused()
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions { MaxSequences = 2 });
        var batch = new LlamaBatch();
        batch.Add(5, 0, 2);

        Assert.ThrowsExactly<ArgumentException>(() => context.Decode(batch));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.CopySequence(0, 2));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.RemoveSequence(-1));
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(512)]
    public void A_token_beyond_the_vocabulary_is_refused(int token)
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions());
        var batch = new LlamaBatch();
        batch.Add(token, 0, 0);

        Assert.ThrowsExactly<ArgumentException>(() => context.Decode(batch));
    }

    [TestMethod]
    public void A_gap_in_the_positions_is_refused()
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions());
        var batch = new LlamaBatch();
        batch.Add(5, 0, 0);
        batch.Add(5, 7, 0);

        Assert.ThrowsExactly<ArgumentException>(() => context.Decode(batch));
    }

    [TestMethod]
    public void Logits_that_were_not_asked_for_are_refused()
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions());
        var batch = new LlamaBatch();
        batch.Add(5, 0, 0);
        batch.Add(6, 1, 0, wantLogits: true);
        context.Decode(batch);

        Assert.HasCount(_model.Vocabulary.Count, context.GetLogits(1).ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.GetLogits(0).ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => context.GetLogits(2).ToArray());
    }

    [TestMethod]
    public void A_part_of_a_sequence_is_not_copied_without_a_unified_cache()
    {
        using LlamaContext context = _model.CreateContext(new LlamaContextOptions { MaxSequences = 2, Unified = false });

        Assert.ThrowsExactly<InvalidOperationException>(() => context.CopySequence(0, 1, 0, 5));
    }

    [TestMethod]
    public void A_model_without_weights_has_no_context()
    {
        using var vocabulary = LlamaModel.Load(RepositoryFiles.Fixture("smollm2", "base.gguf"), new LlamaModelOptions { VocabularyOnly = true });

        Assert.ThrowsExactly<InvalidOperationException>(() => vocabulary.CreateContext(new LlamaContextOptions()));
    }

    [TestMethod]
    public void A_disposed_context_is_refused()
    {
        LlamaContext context = _model.CreateContext(new LlamaContextOptions());
        context.Dispose();
        var batch = new LlamaBatch();
        batch.Add(5, 0, 0);

        Assert.ThrowsExactly<ObjectDisposedException>(() => context.Decode(batch));
        Assert.ThrowsExactly<ObjectDisposedException>(context.Clear);
        Assert.ThrowsExactly<ObjectDisposedException>(() => context.GetLastPosition(0));
    }
}
