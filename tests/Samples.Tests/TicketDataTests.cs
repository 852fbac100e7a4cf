using System.Text.RegularExpressions;

namespace EdgeBuild.Samples.Tests;

[TestClass]
public sealed partial class TicketDataTests
{
    private const int SharedWords = 8;

    private static readonly IReadOnlyList<Ticket> _training = Ticket.Load("tickets.train.jsonl");
    private static readonly IReadOnlyList<Ticket> _test = Ticket.Load("tickets.test.jsonl");

    [TestMethod]
    public void There_are_rows_enough_to_train_and_to_tell_five_points_apart()
    {
        Assert.IsGreaterThanOrEqualTo(600, _training.Count);
        Assert.IsGreaterThanOrEqualTo(400, _test.Count);
    }

    [TestMethod]
    public void At_least_eight_categories_have_rows_in_both_files()
    {
        string[] categories = [.. _training.Select(row => row.Category).Distinct().Order(StringComparer.Ordinal)];
        Assert.IsGreaterThanOrEqualTo(8, categories.Length);
        CollectionAssert.AreEqual(categories, _test.Select(row => row.Category).Distinct().Order(StringComparer.Ordinal).ToArray());
        Assert.IsGreaterThanOrEqualTo(30, _training.CountBy(row => row.Category).Min(entry => entry.Value), "training rows of the rarest category");
        Assert.IsGreaterThanOrEqualTo(20, _test.CountBy(row => row.Category).Min(entry => entry.Value), "test rows of the rarest category");
    }

    [TestMethod]
    public void Both_answers_of_urgent_occur_in_both_files()
    {
        Assert.HasCount(2, _training.Select(row => row.Urgent).Distinct());
        Assert.HasCount(2, _test.Select(row => row.Urgent).Distinct());
    }

    [TestMethod]
    public void No_eight_words_in_a_row_of_a_test_ticket_occur_in_a_training_ticket()
    {
        HashSet<string> seen = [.. _training.SelectMany(WordSequences)];
        string[] shared = [.. _test.Where(row => WordSequences(row).Any(seen.Contains)).Select(row => row.Place)];
        Assert.IsEmpty(shared, string.Join(", ", shared));
    }

    [TestMethod]
    public void No_ticket_occurs_twice()
    {
        string[] repeated =
        [
            .. _training.Concat(_test).GroupBy(row => string.Join(' ', row.Words))
                .Where(group => group.Count() > 1)
                .Select(group => string.Join(" = ", group.Select(row => row.Place))),
        ];
        Assert.IsEmpty(repeated, string.Join(", ", repeated));
    }

    [TestMethod]
    public void No_ticket_holds_an_email_address()
    {
        string[] found = [.. _training.Concat(_test).Where(row => EmailAddress().IsMatch(row.Text)).Select(row => row.Place)];
        Assert.IsEmpty(found, string.Join(", ", found));
    }

    private static IEnumerable<string> WordSequences(Ticket row) =>
        Enumerable.Range(0, Math.Max(0, row.Words.Length - SharedWords + 1)).Select(start => string.Join(' ', row.Words, start, SharedWords));

    [GeneratedRegex(@"[^\s@]+@[^\s@]+\.[^\s@]+")]
    private static partial Regex EmailAddress();
}
