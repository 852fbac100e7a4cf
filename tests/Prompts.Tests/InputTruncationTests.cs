namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class InputTruncationTests
{
    [TestMethod]
    [DataRow(new[] { 3, 4 }, 7, new[] { 3, 4 })]
    [DataRow(new[] { 10 }, 4, new[] { 4 })]
    [DataRow(new[] { 10, 3 }, 8, new[] { 5, 3 })]
    [DataRow(new[] { 10, 8 }, 12, new[] { 6, 6 })]
    [DataRow(new[] { 10, 8, 2 }, 11, new[] { 5, 4, 2 })]
    [DataRow(new[] { 2, 8, 10 }, 11, new[] { 2, 5, 4 })]
    [DataRow(new[] { 5, 5, 5 }, 0, new[] { 0, 0, 0 })]
    [DataRow(new[] { 0, 5 }, 3, new[] { 0, 3 })]
    [DataRow(new int[0], 3, new int[0])]
    public void Longest_input_is_cut_first(int[] counts, int maximum, int[] expected)
    {
        Assert.AreSequenceEqual(expected, InputTruncation.Lengths(counts, maximum));
    }

    [TestMethod]
    public void Result_is_that_of_removing_one_token_at_a_time()
    {
        var random = new Random(5);
        for (int round = 0; round < 2000; round++)
        {
            int[] counts = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(0, 30))];
            int maximum = random.Next(0, 60);
            int[] expected = [.. counts];
            while (expected.Sum() > maximum)
            {
                // The last of the longest loses a token, so that earlier inputs keep more.
                expected[Array.LastIndexOf(expected, expected.Max())]--;
            }

            Assert.AreSequenceEqual(expected, InputTruncation.Lengths(counts, maximum), $"{string.Join(',', counts)} to {maximum}");
        }
    }

    [TestMethod]
    public void Huge_inputs_do_not_overflow()
    {
        Assert.AreSequenceEqual([500, 500], InputTruncation.Lengths([int.MaxValue, int.MaxValue], 1000));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => InputTruncation.Lengths([1], -1));
    }
}
