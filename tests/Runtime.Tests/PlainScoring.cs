using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Scores answers the plain way: every answer alone, from the first token, in one sequence. Nothing is shared or stored.</summary>
internal static class PlainScoring
{
    /// <summary>Computes log p of every token that the model decides, summed.</summary>
    /// <param name="context">A context; all its sequences are removed.</param>
    /// <param name="prompt">The tokens before the answer.</param>
    /// <param name="answer">The tokens whose probability is asked for; fixed text before them belongs to the prompt.</param>
    /// <returns>Σ log p(token | before).</returns>
    public static double LogProbability(LlamaContext context, int[] prompt, int[] answer)
    {
        context.Clear();
        var batch = new LlamaBatch();
        int[] tokens = [.. prompt, .. answer];
        for (int i = 0; i < tokens.Length; i++)
        {
            batch.Add(tokens[i], i, 0, wantLogits: i >= prompt.Length - 1);
        }

        context.Decode(batch);
        double sum = 0;
        for (int i = 0; i < answer.Length; i++)
        {
            float[] logits = context.GetLogits(prompt.Length - 1 + i).ToArray();
            double maximum = logits.Max();
            sum += logits[answer[i]] - maximum - Math.Log(logits.Sum(value => Math.Exp(value - maximum)));
        }

        return sum;
    }

    /// <summary>Computes the probabilities of the labels of an answer that is one of them, each label scored alone.</summary>
    /// <param name="encoder">The prompt.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="context">A context; all its sequences are removed.</param>
    /// <param name="prompt">The tokens before the answer.</param>
    /// <returns>One probability for each label, in their order.</returns>
    public static double[] Probabilities(PromptEncoder encoder, IReadOnlyList<string> labels, LlamaContext context, int[] prompt)
    {
        int[][] answers = [.. labels.Select(label => encoder.EncodeCompletion([label]).Tokens)];

        // The end of a label belongs to it only where another label goes on.
        IEnumerable<int[]> scored = answers.Select(answer =>
            Array.Exists(answers, other => other.Length > answer.Length && other.AsSpan().StartsWith(answer.AsSpan(0, answer.Length - 1))) ? answer : answer[..^1]);
        return Softmax([.. scored.Select(answer => LogProbability(context, prompt, answer))]);
    }

    /// <summary>Converts log-probabilities to probabilities that sum to 1.</summary>
    /// <param name="scores">The log-probabilities.</param>
    /// <returns>Their softmax.</returns>
    public static double[] Softmax(IReadOnlyList<double> scores)
    {
        double maximum = scores.Max();
        double sum = scores.Sum(score => Math.Exp(score - maximum));
        return [.. scores.Select(score => Math.Exp(score - maximum) / sum)];
    }
}
