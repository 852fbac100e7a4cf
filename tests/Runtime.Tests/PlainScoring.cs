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
