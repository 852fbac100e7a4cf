using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>Sixteen callers at the same time, against one.</summary>
internal sealed class CallerFigures : IRuntimePart
{
    private const int Callers = 16;
    private const int Rounds = 5;

    /// <inheritdoc/>
    public string Name => "callers";

    /// <inheritdoc/>
    public int Order => 4;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken) =>
    [
        await ShareAsync(subject, RuntimePrompts.WithHead, "classifications", 1.4, cancellationToken),
        await ShareAsync(subject, RuntimePrompts.Record, "records", 2, cancellationToken),
    ];

    private static async Task<Figure> ShareAsync(
        RuntimeSubject subject, PromptDefinition definition, string what, double goal, CancellationToken cancellationToken)
    {
        using EdgePromptClient client = RuntimePrompts.Open(definition, subject.Path);
        await client.WarmUpAsync(cancellationToken);

        // The first of them make the larger context.
        await RunAsync(Callers, 1);
        var alone = new Timings();
        var together = new Timings();
        for (int round = 0; round < Rounds; round++)
        {
            await alone.AddAsync(() => RunAsync(1, Callers));
            await together.AddAsync(() => RunAsync(Callers, 1));
        }

        double rate = Callers / together.Median * 1000;
        double reference = Callers / alone.Median * 1000;
        return new Figure
        {
            Name = $"{Callers} callers, {what}",
            Value = rate,
            Unit = "calls/s",
            ReferenceName = "one caller",
            Reference = reference,
            Goal = $"at least {goal} times",
            Passed = rate >= goal * reference,
        };

        // One after another the same texts as at the same time.
        Task RunAsync(int callers, int calls) => Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
        {
            for (int call = 0; call < calls; call++)
            {
                await client.PredictAsync([$"{caller + call} {RuntimePrompts.Input}"], cancellationToken);
            }
        }));
    }
}
