namespace EdgeBuild.LlamaCpp;

/// <summary>
/// The mean square of what reaches every input of every matrix of the blocks, over some token sequences: what llama.cpp's <c>llama-imatrix</c>
/// measures (tools/imatrix/imatrix.cpp). Rounding is then finest where it matters for these texts.
/// </summary>
public static class ImportanceMatrix
{
    // The logits of a batch must fit into memory, and some vocabularies have a quarter of a million tokens.
    private const int BatchTokens = 256;

    /// <summary>Runs a model over sequences and measures.</summary>
    /// <param name="model">The model.</param>
    /// <param name="adapter">The adapter that is merged before quantizing, or null.</param>
    /// <param name="sequences">Tokens; prompts with their answers, as they will be in use.</param>
    /// <param name="threads">The number of threads, or null for all processors.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>For each matrix by its name one value an input; nothing for matrices that were not used.</returns>
    public static IReadOnlyDictionary<string, float[]> Collect(
        LlamaModel model, LlamaAdapter? adapter, IReadOnlyList<int[]> sequences, int? threads, CancellationToken cancellationToken = default)
    {
        using var collector = new ImportanceCollector();
        int longest = sequences.Count == 0 ? 1 : sequences.Max(sequence => sequence.Length);
        using LlamaContext context = model.CreateContext(new LlamaContextOptions
        {
            ContextLength = longest,
            BatchSize = BatchTokens,
            ThreadCount = threads,
            BatchThreadCount = threads,
            Importance = collector,
        });
        context.SetAdapter(adapter);
        var batch = new LlamaBatch(BatchTokens);
        foreach (int[] sequence in sequences)
        {
            context.Clear();
            for (int start = 0; start < sequence.Length; start += BatchTokens)
            {
                batch.Clear();
                for (int position = start; position < Math.Min(sequence.Length, start + BatchTokens); position++)
                {
                    // Without outputs llama.cpp leaves out the end of the last block, whose matrices would then have no figures.
                    batch.Add(sequence[position], position, 0, wantLogits: true);
                }

                context.Decode(batch, cancellationToken);
            }
        }

        return collector.Means();
    }
}
