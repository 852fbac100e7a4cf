using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class HeadRefitTests
{
    private const int Width = 48;
    private const int Labels = 3;

    private readonly Random _random = new(5);

    public TestContext TestContext { get; set; } = null!;

    /// <summary>The head of the states as they were trained: each label looks at a direction of its own.</summary>
    private static LabelHeadValues Head
    {
        get
        {
            float[] values = new float[Labels * (Width + 1)];
            for (int label = 0; label < Labels; label++)
            {
                values[(label * Width) + label] = 2;
            }

            return new LabelHeadValues("triage/category", Labels, values);
        }
    }

    [TestMethod]
    public void What_rounding_has_moved_is_taken_back()
    {
        // All states moved the same way: two thirds of the rows of label 0 look like label 1 now.
        float[] moved = [-1.2f, 1.2f, .. new float[Width - 2]];
        ((ReadOnlyMemory<float> State, int Label)[] seen, (ReadOnlyMemory<float> State, int Label)[] unseen) = (Rows(300, moved), Rows(300, moved));

        LabelHeadValues fitted = Fit(seen);

        Assert.IsLessThan(0.8, Accuracy(Head, unseen));
        Assert.IsGreaterThan(Accuracy(Head, unseen) + 0.1, Accuracy(fitted, unseen));
        Assert.AreEqual(Head.Values.Length, fitted.Values.Length);
    }

    [TestMethod]
    public void Where_nothing_moved_no_answer_becomes_worse()
    {
        (ReadOnlyMemory<float> State, int Label)[] unseen = Rows(300, new float[Width]);
        Assert.IsGreaterThanOrEqualTo(Accuracy(Head, unseen) - 0.02, Accuracy(Fit(Rows(300, new float[Width])), unseen));
    }

    [TestMethod]
    public void A_few_rows_say_nothing()
    {
        LabelHeadValues head = Head;
        (ReadOnlyMemory<float> State, int Label)[] rows = Rows(4, new float[Width]);
        Assert.AreSame(head, new HeadRefit(head, [.. rows.Select(row => row.State)], [.. rows.Select(row => row.Label)]).Fit(TestContext.CancellationToken));
    }

    private LabelHeadValues Fit((ReadOnlyMemory<float> State, int Label)[] rows) =>
        new HeadRefit(Head, [.. rows.Select(row => row.State)], [.. rows.Select(row => row.Label)]).Fit(TestContext.CancellationToken);

    private static double Accuracy(LabelHeadValues head, (ReadOnlyMemory<float> State, int Label)[] rows) =>
        rows.Average(row => Enumerable.Range(0, Labels).MaxBy(label => head.Logit(label, row.State.Span)) == row.Label ? 1.0 : 0);

    private (ReadOnlyMemory<float> State, int Label)[] Rows(int count, float[] moved) =>
    [
        .. Enumerable.Range(0, count).Select(row =>
        {
            int label = row % Labels;
            float[] state = [.. Enumerable.Range(0, Width).Select(index => (float)((0.5 * ((2 * _random.NextDouble()) - 1)) + (index == label ? 1.5 : 0) + moved[index]))];
            return (new ReadOnlyMemory<float>(state), label);
        }),
    ];
}
