using System.CommandLine;
using System.Globalization;

using EdgeBuild.Contracts;

namespace EdgeBuild.Benchmarks;

/// <summary>Typed calls against what llama.cpp alone takes for the same work, in turns in the same run.</summary>
internal sealed class RuntimeBenchmark : IBenchmark
{
    private const string Embedded = "embedded";
    private const string Random = "qwen3";

    private static readonly IReadOnlyList<IRuntimePart> _parts =
    [
        .. typeof(RuntimeBenchmark).Assembly.GetTypes()
            .Where(type => type.IsClass && type.IsAssignableTo(typeof(IRuntimePart)))
            .Select(type => (IRuntimePart)Activator.CreateInstance(type)!)
            .OrderBy(part => part.Order),
    ];

    private readonly Option<double> _minutes = new("--minutes") { Description = "How long the soak runs.", DefaultValueFactory = _ => 2 };
    private readonly Option<string?> _only = new Option<string?>("--only") { Description = "One of these two models alone." }.AcceptOnlyFromAmong(Embedded, Random);
    private TimeSpan _soak;
    private string? _chosen;

    /// <inheritdoc/>
    public string Verb => "runtime";

    /// <inheritdoc/>
    public string Description =>
        $"Typed calls against bare llama_decode. PART is one of {string.Join(", ", _parts.Select(part => part.Name))}, by default all; MODEL.gguf is any model, " +
        "by default the embedded one in Q8_0 and random weights in the shape of Qwen3-0.6B.";

    /// <inheritdoc/>
    public string PathName => "PART | MODEL.gguf";

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [_minutes, _only];

    /// <inheritdoc/>
    public void Use(ParseResult parsed)
    {
        _soak = TimeSpan.FromMinutes(parsed.GetValue(_minutes));
        _chosen = parsed.GetValue(_only);
    }

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        IRuntimePart[] chosen = [.. _parts.Where(part => paths.Contains(part.Name))];
        string[] models = [.. paths.Where(path => _parts.All(part => part.Name != path))];
        if (models.FirstOrDefault(model => !File.Exists(model)) is string missing)
        {
            throw new EdgeBuildException(ErrorCodes.ArtifactInvalid, $"There is no file '{missing}' and no part of that name.");
        }

        var figures = new List<Figure>();
        foreach (Func<RuntimeSubject> open in Subjects(models, log))
        {
            using RuntimeSubject subject = open();
            foreach (IRuntimePart part in chosen.Length > 0 ? chosen : _parts)
            {
                await log.WriteLineAsync($"{subject.Name}: {part.Name}");
                IReadOnlyList<Figure> measured = await part.MeasureAsync(subject, log, cancellationToken);
                figures.AddRange(measured.Select(figure => figure with { Name = $"{subject.Name}: {figure.Name}" }));
                foreach (Figure figure in measured)
                {
                    // The whole takes minutes: what is known is told.
                    await log.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {figure.Name}: {figure.Value:G4} {figure.Unit}, {figure.Ratio:G3} of {figure.ReferenceName}"));
                }
            }
        }

        return new BenchmarkResult(figures);
    }

    private IEnumerable<Func<RuntimeSubject>> Subjects(string[] models, TextWriter log)
    {
        if (models.Length > 0)
        {
            return models.Select<string, Func<RuntimeSubject>>(model => () => RuntimeSubject.FromFile(model, _soak));
        }

        return [.. _chosen == Random ? [] : new[] { QuantizeEmbedded }, .. _chosen == Embedded ? [] : new[] { () => RuntimeSubject.Random(_soak) }];

        RuntimeSubject QuantizeEmbedded()
        {
            using var quantized = new TemporaryModel();
            return RuntimeSubject.FromFile(quantized.Quantize(log), _soak);
        }
    }
}
