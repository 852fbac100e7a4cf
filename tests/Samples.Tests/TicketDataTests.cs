namespace EdgeBuild.Samples.Tests;

/// <summary>What only samples/TicketTriage promises: benchmarks and a comparison with ML.NET are measured on it.</summary>
[TestClass]
public sealed class TicketDataTests
{
    private const int SharedWords = 8;

    private static readonly SampleTask _tickets = Sample.Named("TicketTriage").Tasks.Single();

    [TestMethod]
    public void There_are_rows_enough_to_train_and_to_tell_five_points_apart()
    {
        Assert.IsGreaterThanOrEqualTo(600, _tickets.Training.Count);
        Assert.IsGreaterThanOrEqualTo(400, _tickets.Test.Count);
    }

    [TestMethod]
    public void At_least_eight_categories_have_rows_in_both_files()
    {
        string[] categories = [.. _tickets.Training.Select(Category).Distinct().Order(StringComparer.Ordinal)];
        Assert.IsGreaterThanOrEqualTo(8, categories.Length);
        CollectionAssert.AreEqual(categories, _tickets.Test.Select(Category).Distinct().Order(StringComparer.Ordinal).ToArray());
        Assert.IsGreaterThanOrEqualTo(30, _tickets.Training.CountBy(Category).Min(entry => entry.Value), "training rows of the rarest category");
        Assert.IsGreaterThanOrEqualTo(20, _tickets.Test.CountBy(Category).Min(entry => entry.Value), "test rows of the rarest category");
    }

    [TestMethod]
    public void No_eight_words_in_a_row_of_a_test_ticket_occur_in_a_training_ticket()
    {
        HashSet<string> seen = [.. _tickets.Training.SelectMany(Sequences)];
        string[] shared = [.. _tickets.Test.Where(row => Sequences(row).Any(seen.Contains)).Select(row => row.Place)];
        Assert.IsEmpty(shared, string.Join(", ", shared));
    }

    private static string Category(SampleRow row) => row.Outputs["category"];

    private static IEnumerable<string> Sequences(SampleRow row) => row.WordSequences("ticket", SharedWords);
}
