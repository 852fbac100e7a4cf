namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class TokenSamplerTests
{
    private static readonly float[] _logits = [.. Enumerable.Range(0, 50).Select(token => (float)Math.Log(1.0 + ((token * 17) % 50)))];

    [TestMethod]
    public void Tokens_are_drawn_by_their_probabilities_at_the_temperature()
    {
        foreach (double temperature in new[] { 0.5, 1, 2 })
        {
            int[] counts = Draw(new EdgeCallOptions { Temperature = temperature, Seed = 1 }, 40_000);
            double[] weights = [.. _logits.Select(logit => Math.Exp(logit / temperature))];
            for (int token = 0; token < counts.Length; token++)
            {
                Assert.AreEqual(weights[token] / weights.Sum(), counts[token] / 40_000.0, 0.01);
            }
        }
    }

    [TestMethod]
    public void Top_k_leaves_the_most_probable_tokens()
    {
        int[] best = [.. Enumerable.Range(0, 50).OrderByDescending(token => _logits[token]).Take(5)];
        int[] counts = Draw(new EdgeCallOptions { Temperature = 1, TopK = 5, Seed = 1 }, 5000);

        CollectionAssert.AreEquivalent(best, Chosen(counts));
    }

    [TestMethod]
    [DataRow(0.3)]
    [DataRow(0.9)]
    public void Top_p_leaves_the_fewest_tokens_that_have_the_mass_together(double mass)
    {
        double total = _logits.Sum(logit => Math.Exp(logit));
        double sum = 0;
        var expected = new List<int>();
        foreach (int token in Enumerable.Range(0, 50).OrderByDescending(token => _logits[token]))
        {
            expected.Add(token);
            sum += Math.Exp(_logits[token]) / total;
            if (sum >= mass)
            {
                break;
            }
        }

        CollectionAssert.AreEquivalent(expected, Chosen(Draw(new EdgeCallOptions { Temperature = 1, TopP = mass, Seed = 3 }, 30_000)));
    }

    [TestMethod]
    public void Tokens_far_below_the_first_look_count_for_top_p_and_top_k()
    {
        // One token has half of the probability; the other half lies in many far below it.
        float[] logits = [12, .. Enumerable.Repeat(12 - (float)Math.Log(100_000), 100_000)];
        var sampler = new TokenSampler(new EdgeCallOptions { Temperature = 1, TopP = 0.999, Seed = 1 });
        int others = Enumerable.Range(0, 40).Count(_ => sampler.Choose(logits) != 0);
        Assert.IsTrue(others is > 8 and < 32, $"{others}");

        var first = new TokenSampler(new EdgeCallOptions { Temperature = 1, TopK = 3, Seed = 1 });
        Assert.IsTrue(Enumerable.Range(0, 40).All(_ => first.Choose(logits) <= 2));
    }

    [TestMethod]
    public void Min_p_leaves_the_tokens_that_are_near_the_best()
    {
        int[] expected = [.. Enumerable.Range(0, 50).Where(token => Math.Exp(_logits[token]) >= 0.5 * 50 - 1e-3)];

        CollectionAssert.AreEquivalent(expected, Chosen(Draw(new EdgeCallOptions { Temperature = 1, MinP = 0.5, Seed = 5 }, 20_000)));
    }

    [TestMethod]
    public void The_penalty_makes_repeated_tokens_less_likely_and_forgets_old_ones()
    {
        var sampler = new TokenSampler(new EdgeCallOptions { RepetitionPenalty = 2 });
        float[] logits = [3, 2, -1];
        Assert.AreEqual(0, sampler.Choose(logits));
        sampler.Accept(0);
        Assert.AreEqual(1, sampler.Choose(logits));
        sampler.Accept(1);
        Assert.AreEqual(0, sampler.Choose(logits));
        for (int i = 0; i < 64; i++)
        {
            sampler.Accept(2);
        }

        Assert.AreEqual(0, sampler.Choose([3, 2.9f, 1]));
    }

    private static int[] Draw(EdgeCallOptions options, int count)
    {
        var sampler = new TokenSampler(options);
        int[] counts = new int[_logits.Length];
        for (int i = 0; i < count; i++)
        {
            counts[sampler.Choose(_logits)]++;
        }

        return counts;
    }

    private static int[] Chosen(int[] counts) => [.. Enumerable.Range(0, counts.Length).Where(token => counts[token] > 0)];
}
