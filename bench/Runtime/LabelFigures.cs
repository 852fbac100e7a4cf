using System.Diagnostics;

using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>One label in 77, after a prefix that is kept.</summary>
internal sealed class LabelFigures : IRuntimePart
{
    private const int Rounds = 100;
    private const int WholeEvery = 20;
    private const int Calls = 1000;

    // Enough for all calls of SmolLM2-135M on two cores; a larger model makes fewer of them.
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(5);

    /// <inheritdoc/>
    public string Name => "labels";

    /// <inheritdoc/>
    public int Order => 1;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken) =>
    [
        .. await ClassifyAsync(subject, RuntimePrompts.WithHead, "label head", 1.05, scored: false, cancellationToken),
        .. await ClassifyAsync(subject, RuntimePrompts.OneTokenLabels(subject.Bare.Vocabulary), "one token a label", 1.05, scored: true, cancellationToken),
        .. await ClassifyAsync(subject, RuntimePrompts.Classification, "BANKING77", 1.1, scored: true, cancellationToken),
        await SpreadAsync(subject, cancellationToken),
    ];

    private static async Task<IReadOnlyList<Figure>> ClassifyAsync(
        RuntimeSubject subject, PromptDefinition definition, string what, double mostTimes, bool scored, CancellationToken cancellationToken)
    {
        BareModel bare = subject.Bare;
        using EdgePromptClient client = RuntimePrompts.Open(definition, subject.Path);
        PromptEncoder encoder = bare.Encoder(RuntimePrompts.Compile(definition));
        EncodedPrompt prompt = encoder.Encode([RuntimePrompts.Input]);
        IReadOnlyList<string> labels = definition.Labels![RuntimePrompts.LabelOutput];
        int[][] answers = [.. labels.Select(label => encoder.EncodeCompletion([label]).Tokens)];
        LabelPaths paths = scored ? LabelPaths.Of(answers) : LabelPaths.None;
        await client.WarmUpAsync(cancellationToken);
        EdgePrediction prediction = await client.PredictAsync([RuntimePrompts.Input], cancellationToken);
        bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
        var calls = new Timings();
        var decodes = new Timings();
        var whole = new Timings();
        for (int round = 0; round < Rounds; round++)
        {
            await calls.AddAsync(async () => await client.PredictAsync([RuntimePrompts.Input], cancellationToken));
            decodes.Add(bare.Time(prompt.Tokens, prompt.PrefixLength, paths));
            if (round % WholeEvery == 0)
            {
                whole.Add(Again(bare, prompt.Tokens, paths, round / WholeEvery));
                bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
            }
        }

        string name = $"1 of 77, {what}, {prompt.PrefixLength} + {prompt.Tokens.Length - prompt.PrefixLength} tokens";
        var figures = new List<Figure>
        {
            calls.Against(name, paths.Nodes.Count == 0 ? "bare decode of the input" : $"bare decode of the input and {paths.Nodes.Count} trie nodes", decodes, mostTimes),
            calls.Against(name, paths.Nodes.Count == 0 ? "the whole prompt computed again" : "the whole prompt computed again for each label", whole, 0.2),
        };
        if (scored)
        {
            figures.Add(Difference(name, bare, prompt, labels, [.. paths.Scored], prediction));
        }

        return figures;
    }

    // Without a kept prefix and a trie each label is computed with all that stands before it; one of them tells the time of all.
    private static TimeSpan Again(BareModel bare, int[] prompt, LabelPaths paths, int round)
    {
        int[] label = paths.Nodes.Count == 0 ? [] : paths.Scored[round * paths.Scored.Count / (Rounds / WholeEvery)][..^1];
        long start = Stopwatch.GetTimestamp();
        bare.Keep([.. prompt, .. label]);
        return Stopwatch.GetElapsedTime(start) * (paths.Nodes.Count == 0 ? 1 : paths.Scored.Count);
    }

    private static Figure Difference(
        string name, BareModel bare, EncodedPrompt prompt, IReadOnlyList<string> labels, IReadOnlyList<int[]> answers, EdgePrediction prediction)
    {
        double[] scores = [.. answers.Select(answer => bare.Score(prompt.Tokens, prompt.PrefixLength, answer))];
        double best = scores.Max();
        double sum = scores.Sum(score => Math.Exp(score - best));
        Dictionary<string, double> probabilities = prediction.Fields[0].Probabilities.ToDictionary(entry => entry.Label, entry => entry.Probability);
        double difference = labels.Select((label, i) => Math.Abs((Math.Exp(scores[i] - best) / sum) - probabilities[label])).Max();
        return new Figure
        {
            Name = $"{name}, largest difference of a probability from every label scored alone",
            Value = difference,
            Unit = string.Empty,
            Goal = "0.001",
            Passed = difference <= 1e-3,
        };
    }

    private static async Task<Figure> SpreadAsync(RuntimeSubject subject, CancellationToken cancellationToken)
    {
        BareModel bare = subject.Bare;
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.WithHead, subject.Path);
        EncodedPrompt prompt = bare.Encoder(RuntimePrompts.Compile(RuntimePrompts.WithHead)).Encode([RuntimePrompts.Input]);
        await client.WarmUpAsync(cancellationToken);
        bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
        var calls = new Timings();
        var decodes = new Timings();
        long start = Stopwatch.GetTimestamp();
        while (calls.Count < Calls && Stopwatch.GetElapsedTime(start) < _longest)
        {
            await calls.AddAsync(async () => await client.PredictAsync([RuntimePrompts.Input], cancellationToken));
            decodes.Add(bare.Time(prompt.Tokens, prompt.PrefixLength, LabelPaths.None));
        }

        return new Figure
        {
            Name = $"1 of 77, label head, P99/P50 of {calls.Count} calls",
            Value = calls.Spread,
            Unit = string.Empty,
            ReferenceName = "P99/P50 of the bare decode",
            Reference = decodes.Spread,
            Goal = "at most 1.2 times",
            Passed = calls.Spread <= 1.2 * decodes.Spread,
        };
    }
}
