using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>No call fails in minutes, and memory stays what it was.</summary>
internal sealed class SoakFigures : IRuntimePart
{
    /// <inheritdoc/>
    public string Name => "soak";

    /// <inheritdoc/>
    public int Order => 7;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken)
    {
        using EdgePromptClient labels = RuntimePrompts.Open(RuntimePrompts.WithHead, subject.Path);
        using EdgePromptClient records = RuntimePrompts.Open(RuntimePrompts.Record, subject.Path);
        using EdgePromptClient texts = RuntimePrompts.Open(RuntimePrompts.Reply, subject.Path);
        SoakResult result = await new Soak([labels, records, texts]).RunAsync(subject.Soak, cancellationToken);
        string name = $"soak of {subject.Soak.TotalMinutes:0.#} minutes, {result.Answered} answers, {result.Cancelled} cancelled";
        return
        [
            new Figure { Name = $"{name}, failed calls", Value = result.Failures.Count, Unit = string.Empty, Goal = "0", Passed = result.Failures.Count == 0 },
            new Figure
            {
                Name = $"{name}, resident memory at the end",
                Value = result.MemoryAfter,
                Unit = "MB",
                ReferenceName = "when everything had its size",
                Reference = result.MemoryBefore,
                Goal = $"at most {SoakResult.MostGrowth} times",
                Passed = result.Growth <= SoakResult.MostGrowth,
            },
        ];
    }
}
