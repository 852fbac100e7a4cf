namespace EdgeBuild.Training;

/// <summary>
/// Texts laid one after the other. What all of them begin with is there once, as the first segment, and every other segment continues it. The
/// last segment is a text of its own without weight that rounds the number of rows up: libtorch compiles a matrix product for every new
/// shape, which costs more than a few spare rows.
/// </summary>
internal sealed class TokenBatch
{
    private const int RowGranularity = 32;
    private const int OutputGranularity = 16;

    private TokenBatch(int[] tokens, int[] positions, TokenSegment[] segments, int[] supervisedRows, int[] targets, float[] weights, int[] targetExamples, List<(int Row, BatchLabel Label)>? labels = null)
    {
        Tokens = tokens;
        Positions = positions;
        Segments = segments;
        Targets = targets;
        Weights = weights;
        TargetExamples = targetExamples;
        OutputRows = [.. supervisedRows.Concat((labels ?? []).Select(label => label.Row)).Distinct().Order()];
        SupervisedOutputs = [.. supervisedRows.Select(row => Array.BinarySearch(OutputRows, row))];
        Labels = [.. (labels ?? []).Select(label => label.Label with { Output = Array.BinarySearch(OutputRows, label.Row) })];
    }

    /// <summary>Gets the token of every row.</summary>
    public int[] Tokens { get; }

    /// <summary>Gets the position of every row in its text.</summary>
    public int[] Positions { get; }

    /// <summary>Gets the segments in the order of their rows.</summary>
    public IReadOnlyList<TokenSegment> Segments { get; }

    /// <summary>Gets the rows whose logits are wanted, ascending.</summary>
    public int[] OutputRows { get; }

    /// <summary>Gets for each supervised token the index into <see cref="OutputRows"/> of the row that predicts it. A shared row may predict several.</summary>
    public int[] SupervisedOutputs { get; }

    /// <summary>Gets the supervised tokens.</summary>
    public int[] Targets { get; }

    /// <summary>Gets the weights of the supervised tokens in the loss.</summary>
    public float[] Weights { get; }

    /// <summary>Gets for each supervised token the index of its example, or -1.</summary>
    public int[] TargetExamples { get; }

    /// <summary>Gets what label heads shall answer.</summary>
    public IReadOnlyList<BatchLabel> Labels { get; }

    /// <summary>A single text with all logits wanted.</summary>
    /// <param name="tokens">The text.</param>
    /// <returns>The batch.</returns>
    public static TokenBatch Whole(IReadOnlyList<int> tokens)
    {
        int[] rows = [.. Enumerable.Range(0, tokens.Count)];
        return new TokenBatch([.. tokens], rows, [new TokenSegment(0, tokens.Count, 0)], rows, [], [], []);
    }

    /// <summary>Examples of one optimizer step, or a part of them.</summary>
    /// <param name="examples">At least one example.</param>
    /// <param name="sharePrefix">Whether what all examples begin with is computed once.</param>
    /// <returns>The batch.</returns>
    public static TokenBatch Create(IReadOnlyList<TrainingExample> examples, bool sharePrefix = true)
    {
        int[][] inputs = [.. examples.Select(InputTokens)];
        int prefix = sharePrefix && inputs.Length > 1 ? CommonPrefix(inputs) : 0;
        var tokens = new List<int>();
        var positions = new List<int>();
        var segments = new List<TokenSegment>();
        if (prefix > 0)
        {
            Append(inputs[0].AsSpan(0, prefix), 0);
        }

        var rows = new List<int>();
        var targets = new List<int>();
        var weights = new List<float>();
        var targetExamples = new List<int>();
        var labels = new List<(int Row, BatchLabel Label)>();
        for (int index = 0; index < inputs.Length; index++)
        {
            int start = tokens.Count;
            Append(inputs[index].AsSpan(prefix), prefix);
            TrainingExample example = examples[index];
            for (int token = 0; token < example.CompletionTokens.Length; token++)
            {
                float weight = example.WeightOf(token);
                if (weight != 0)
                {
                    rows.Add(RowBefore(token));
                    targets.Add(example.CompletionTokens[token]);
                    weights.Add(weight);
                    targetExamples.Add(index);
                }
            }

            foreach (LabelTarget label in example.Labels ?? [])
            {
                float weight = example.WeightOf(label.CompletionToken);
                if (weight != 0)
                {
                    labels.Add((RowBefore(label.CompletionToken), new BatchLabel(label.Head, 0, label.Label, weight, index)));
                }
            }

            int RowBefore(int token)
            {
                int position = example.PromptTokens.Length - 1 + token;
                return position < prefix ? position : start + position - prefix;
            }
        }

        Pad();
        return new TokenBatch([.. tokens], [.. positions], [.. segments], [.. rows], [.. targets], [.. weights], [.. targetExamples], labels);

        void Pad()
        {
            // An answer that several rows share has fewer outputs than targets; such batches are rare and left as they are.
            int outputs = rows.Distinct().Count() == rows.Count ? RoundUp(rows.Count, OutputGranularity) - rows.Count : 0;
            int start = tokens.Count;
            Append(new int[RoundUp(start + outputs, RowGranularity) - start], 0);
            for (int index = 0; index < outputs; index++)
            {
                rows.Add(start + index);
                targets.Add(0);
                weights.Add(0);
                targetExamples.Add(-1);
            }
        }

        void Append(ReadOnlySpan<int> part, int firstPosition)
        {
            if (part.IsEmpty)
            {
                return;
            }

            segments.Add(new TokenSegment(tokens.Count, part.Length, firstPosition));
            for (int index = 0; index < part.Length; index++)
            {
                tokens.Add(part[index]);
                positions.Add(firstPosition + index);
            }
        }
    }

    /// <summary>The number of tokens that an example feeds to the model: its last token is only predicted.</summary>
    /// <param name="example">The example.</param>
    /// <returns>The number.</returns>
    public static int InputLength(TrainingExample example) => example.PromptTokens.Length + example.CompletionTokens.Length - 1;

    /// <summary>The number of tokens that all examples begin with.</summary>
    /// <param name="examples">At least one example.</param>
    /// <returns>The number; less than the shortest example has.</returns>
    public static int CommonPrefix(IReadOnlyList<TrainingExample> examples)
    {
        ReadOnlySpan<int> common = examples[0].PromptTokens;
        foreach (TrainingExample example in examples)
        {
            common = common[..common.CommonPrefixLength(example.PromptTokens)];
        }

        return common.Length;
    }

    private static int[] InputTokens(TrainingExample example) => [.. example.PromptTokens, .. example.CompletionTokens.AsSpan(0, example.CompletionTokens.Length - 1)];

    private static int RoundUp(int count, int granularity) => (count + granularity - 1) / granularity * granularity;

    private static int CommonPrefix(int[][] inputs)
    {
        ReadOnlySpan<int> common = inputs[0];
        foreach (int[] input in inputs)
        {
            common = common[..common.CommonPrefixLength(input)];
        }

        return common.Length;
    }
}
