namespace EdgeBuild.Training.Tests;

/// <summary>Steps with rows of every kind that a batch lays out in its own way.</summary>
internal static class Scenarios
{
    public const string Fixture = "rows of the fixture";
    public const string LongPrefix = "a long common prefix";
    public const string NoPrefix = "no common prefix";
    public const string SingleRow = "a single row";
    public const string SeveralAnswers = "several answers for one prompt";
    public const string EqualRows = "equal rows";
    public const string Nested = "a row that another one continues";
    public const string Weights = "weights of completion tokens";
    public const string SingleTokens = "prompts and answers of one token";
    public const string ManyRows = "more rows than a vector or a block of queries";

    private const int Vocabulary = 512;

    public static IReadOnlyList<string> Names { get; } =
        [Fixture, LongPrefix, NoPrefix, SingleRow, SeveralAnswers, EqualRows, Nested, Weights, SingleTokens, ManyRows];

    public static IEnumerable<object[]> WithModels => Names.SelectMany(name => Training.Tests.Fixture.Names.Select(model => new object[] { model, name }));

    public static TrainingExample[] Rows(string name, Fixture fixture)
    {
        var random = new SeededRandom(7);
        int[] prefix = Tokens(33);
        return name switch
        {
            Fixture => fixture.Examples,
            LongPrefix => [Row(prefix, 6, 3), Row(prefix, 1, 1), Row(prefix, 9, 5), Row(prefix, 4, 2)],
            NoPrefix => [new([1, .. Tokens(9)], Tokens(4)), new([2, .. Tokens(17)], Tokens(1)), new([3], Tokens(6))],
            SingleRow => [Row(prefix, 5, 7)],
            SeveralAnswers => [new(prefix, Tokens(3)), new(prefix, Tokens(1)), new(prefix, Tokens(5)), new([.. prefix, 9], Tokens(2))],
            EqualRows => [.. Enumerable.Repeat(Row(prefix, 2, 4), 3)],
            Nested => [new(prefix, [7]), new([.. prefix, 7], [8, 9]), new([.. prefix, 7, 8], [9, 10, 11])],
            Weights => [Weighted([0.5f, 0, 2]), Weighted([1, 1, 0]), Weighted([0, 0, 0]), Weighted([3, 0.25f, 1])],
            SingleTokens => [new([5], [6]), new([5], [7]), new([8], [9])],
            ManyRows => [.. Enumerable.Range(0, 19).Select(row => Row(prefix, 1 + (row * 3), 1 + (row % 4)))],
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

        TrainingExample Row(int[] start, int prompt, int completion) => new([.. start, .. Tokens(prompt)], Tokens(completion));
        TrainingExample Weighted(float[] weights) => new([.. prefix, .. Tokens(3)], Tokens(weights.Length), weights);
        int[] Tokens(int count) => [.. Enumerable.Range(0, count).Select(_ => (int)(random.Next() % Vocabulary))];
    }

    /// <summary>Rows of a small task: a common instruction, an input, and an answer that follows from it.</summary>
    public static TrainingExample[] Task(int count, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            int label = (int)(random.Next() % 3);
            int[] input = [.. Enumerable.Range(0, 2 + (int)(random.Next() % 5)).Select(_ => 100 + (50 * label) + (int)(random.Next() % 40))];
            return new TrainingExample([1, 87, 85, 272, 201, .. input, 2], [300 + label, 2]);
        })];
    }
}
