namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class PromptLookupTests
{
    private static readonly int[] _input = [1, 4, 5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 2];

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(new[] { 99, 4, 5 }, 7, new[] { 6, 7, 8, 9, 10, 11, 2 }, DisplayName = "What follows the last place of two tokens")]
    [DataRow(new[] { 3, 4, 5 }, 2, new[] { 6, 7 }, DisplayName = "No more than allowed")]
    [DataRow(new[] { 9, 10 }, 7, new[] { 11, 2 }, DisplayName = "No more than the input has")]
    [DataRow(new[] { 1, 4, 5 }, 7, new[] { 1, 2, 3, 4, 5, 6, 7 }, DisplayName = "Three equal tokens before two")]
    [DataRow(new[] { 11, 2 }, 7, new int[0], DisplayName = "Nothing follows the end")]
    [DataRow(new[] { 99, 5 }, 7, new int[0], DisplayName = "One equal token is chance")]
    [DataRow(new[] { 4, 5 }, 0, new int[0], DisplayName = "Nothing allowed")]
    [DataRow(new[] { 7 }, 7, new int[0], DisplayName = "Too little written")]
    public void A_guess_is_what_stands_in_the_input(int[] written, int most, int[] expected) =>
        CollectionAssert.AreEqual(expected, new PromptLookup(_input).Guess(written, most).ToArray());

    [TestMethod]
    public void Wrong_guesses_become_shorter_and_right_ones_longer()
    {
        var lookup = new PromptLookup(_input);
        lookup.Learn(7, 2);
        CollectionAssert.AreEqual(new[] { 6, 7 }, lookup.Guess([3, 4, 5], 7).ToArray());

        lookup.Learn(2, 0);
        CollectionAssert.AreEqual(new[] { 6 }, lookup.Guess([3, 4, 5], 7).ToArray());

        lookup.Learn(1, 1);
        lookup.Learn(2, 2);
        CollectionAssert.AreEqual(new[] { 6, 7, 8, 9 }, lookup.Guess([3, 4, 5], 7).ToArray());
    }

    [TestMethod]
    public void What_is_copied_from_the_input_takes_fewer_batches_and_stays_the_same()
    {
        using EdgePromptClient client = TestModel.Open(TestModel.ReplySource, TestModel.SmolLM2);
        EncodedPrompt prompt = client.Encoder.Encode(["Repeat exactly: Transport of 4711 barrels from Oberhausen to Rotterdam on 12 March 2031"]);
        string alone = Answer(1, out long steps);

        // Eight rows fill the batch, so that nothing is guessed.
        string together = Answer(PromptLookup.BatchTokens, out long plainSteps);

        Assert.AreEqual(together, alone);
        Assert.Contains("barrels from Oberhausen to Rotterdam", alone);
        Assert.IsLessThan(0.6 * plainSteps, steps, $"{steps} of {plainSteps} steps");

        string Answer(int rows, out long steps)
        {
            using var context = new InferenceContext(client.Host.Model, client.Plan.BatchCapacity(client.Encoder, rows), 1);
            FieldPrediction[][] answers = [.. TestModel.Decode(context, client, [.. Enumerable.Repeat(prompt, rows)], client.Plan, TestContext.CancellationToken)];
            steps = context.Steps;
            return answers.Select(fields => fields[0].Text).Distinct().Single();
        }
    }
}
