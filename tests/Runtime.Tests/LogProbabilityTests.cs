namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class LogProbabilityTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(7)]
    [DataRow(4096)]
    [DataRow(49152)]
    [DataRow(151937)]
    public void LogSumExp_equals_the_sum_in_double_precision(int length)
    {
        var random = new Random(length);
        float[] logits = [.. Enumerable.Range(0, length).Select(_ => (float)((random.NextDouble() * 60) - 30))];
        double maximum = logits.Max();
        double expected = maximum + Math.Log(logits.Sum(value => Math.Exp(value - maximum)));

        Assert.AreEqual(expected, LogProbability.LogSumExp(logits), 1e-6);
    }

    [TestMethod]
    public void LogSumExp_of_large_logits_does_not_overflow()
    {
        float[] logits = new float[64];
        logits.AsSpan().Fill(1e30f);

        Assert.AreEqual(1e30f, LogProbability.LogSumExp(logits), 1e24);
    }

    [TestMethod]
    public void The_maximum_is_found_at_every_position()
    {
        for (int position = 0; position < 37; position++)
        {
            float[] values = new float[37];
            values.AsSpan().Fill(-3);
            values[position] = -1;
            Assert.AreEqual(position, LogProbability.IndexOfMaximum(values));
        }
    }

    [TestMethod]
    public void A_temperature_above_one_flattens_the_distribution_and_keeps_the_order()
    {
        double[] plain = [-1, -2, -30];
        double[] flat = [-1, -2, -30];
        LogProbability.Softmax(plain, 1);
        LogProbability.Softmax(flat, 2);

        Assert.AreEqual(1, plain.Sum(), 1e-12);
        Assert.AreEqual(1, flat.Sum(), 1e-12);
        Assert.AreEqual(Math.E, plain[0] / plain[1], 1e-9);
        Assert.AreEqual(Math.Sqrt(Math.E), flat[0] / flat[1], 1e-9);
    }
}
