using System.Diagnostics;

using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>Typed calls against what llama.cpp alone takes for the same work, in turns in the same run.</summary>
internal sealed class RuntimeBenchmark : IBenchmark
{
    private const int Rounds = 25;
    private const int Callers = 16;
    private const int TextTokens = 128;

    /// <inheritdoc/>
    public string Verb => "runtime";

    /// <inheritdoc/>
    public string Description => "Typed calls against bare llama_decode; MODEL.gguf is any model, by default the embedded one in Q8_0.";

    /// <inheritdoc/>
    public string PathName => "MODEL.gguf";

    /// <inheritdoc/>
    public bool Trains => false;

    /// <inheritdoc/>
    public async Task<BenchmarkResult> RunAsync(IReadOnlyList<string> paths, TextWriter log, CancellationToken cancellationToken)
    {
        using var quantized = new TemporaryModel();
        var figures = new List<Figure>();
        foreach (string path in paths.Count == 0 ? [quantized.Quantize(log)] : paths)
        {
            string name = Path.GetFileNameWithoutExtension(path);
            await log.WriteLineAsync($"{name}: first answer of a process");
            figures.AddRange(await ColdProcess.MeasureAsync(path, cancellationToken));
            using var bare = new BareModel(path);
            await log.WriteLineAsync($"{name}: classification");
            figures.AddRange(await ClassifyAsync(path, bare, cancellationToken));
            await log.WriteLineAsync($"{name}: free text");
            figures.Add(await GenerateAsync(path, bare, cancellationToken));
            await log.WriteLineAsync($"{name}: {Callers} callers");
            figures.Add(await ShareAsync(path, RuntimePrompts.Classification, "classifications", 1.4, cancellationToken));
            figures.Add(await ShareAsync(path, RuntimePrompts.Record, "records", 2, cancellationToken));
        }

        return new BenchmarkResult(figures);
    }

    private static async Task<IReadOnlyList<Figure>> ClassifyAsync(string path, BareModel bare, CancellationToken cancellationToken)
    {
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.Classification, path);
        PromptEncoder encoder = bare.Encoder(RuntimePrompts.Compile(RuntimePrompts.Classification));
        EncodedPrompt prompt = encoder.Encode([RuntimePrompts.Input]);
        int[][] answers = [.. Banking77.Labels.Select(label => encoder.EncodeCompletion([label]).Tokens)];
        int[] nodes = [.. Nodes(answers)];
        await client.WarmUpAsync(cancellationToken);
        EdgePrediction prediction = await client.PredictAsync([RuntimePrompts.Input], cancellationToken);
        bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));

        // In turns, so that another process slows all of them down.
        var calls = new List<double>();
        var inputs = new List<double>();
        var tries = new List<double>();
        var whole = new List<double>();
        for (int round = 0; round < Rounds; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await client.PredictAsync([RuntimePrompts.Input], cancellationToken);
            calls.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            inputs.Add(bare.Time(prompt.Tokens, prompt.PrefixLength, []).TotalMilliseconds);
            tries.Add(bare.Time(prompt.Tokens, prompt.PrefixLength, nodes).TotalMilliseconds);
            start = Stopwatch.GetTimestamp();
            bare.Keep(prompt.Tokens);
            whole.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
        }

        double[] scores = [.. answers.Select(answer => bare.Score(prompt.Tokens, prompt.PrefixLength, answer))];
        double best = scores.Max();
        double sum = scores.Sum(score => Math.Exp(score - best));
        double difference = Banking77.Labels.Select((label, i) =>
            Math.Abs((Math.Exp(scores[i] - best) / sum) - prediction.Fields[0].Probabilities.First(entry => entry.Label == label).Probability)).Max();
        double call = Median(calls);
        string shape = $"1 of 77, {prompt.PrefixLength} + {prompt.Tokens.Length - prompt.PrefixLength} tokens";
        return
        [
            Held($"{shape}, p50", call, "ms", $"bare decode of the input and the {nodes.Length} trie nodes", Median(tries), ratio => ratio <= 1.1, "at most 1.1 times"),
            new Figure { Name = $"{shape}, p50", Value = call, Unit = "ms", ReferenceName = "bare decode of the input alone", Reference = Median(inputs) },
            Held($"{shape}, p50", call, "ms", "everything computed again", Median(whole), ratio => ratio <= 0.2, "5 times faster"),
            new Figure
            {
                Name = $"{shape}, largest difference of a probability",
                Value = difference,
                Unit = string.Empty,
                ReferenceName = "every label scored alone",
                Goal = "0.001",
                Passed = difference <= 1e-3,
            },
        ];
    }

    private static async Task<Figure> GenerateAsync(string path, BareModel bare, CancellationToken cancellationToken)
    {
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.Reply, path);
        EncodedPrompt prompt = bare.Encoder(RuntimePrompts.Compile(RuntimePrompts.Reply)).Encode([RuntimePrompts.Input]);
        bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
        await client.WarmUpAsync(cancellationToken);
        var options = new EdgeCallOptions { MaxTokens = TextTokens };
        EdgePrediction first = await client.PredictAsync([RuntimePrompts.Input], options, cancellationToken);

        // The bare loop generates as many tokens as the answer has.
        int count = first.OutputTokens;
        var runtime = new List<double>();
        var reference = new List<double>();
        for (int round = 0; round < 5; round++)
        {
            long start = Stopwatch.GetTimestamp();
            await client.PredictAsync([RuntimePrompts.Input], options, cancellationToken);
            runtime.Add(count / Stopwatch.GetElapsedTime(start).TotalSeconds);
            reference.Add(count / bare.Generate(prompt.Tokens, prompt.PrefixLength, count).TotalSeconds);
        }

        return Held($"free text of {count} tokens", Median(runtime), "tokens/s", "bare llama_decode loop", Median(reference), ratio => ratio >= 0.95, "0.95 of the reference");
    }

    private static async Task<Figure> ShareAsync(
        string path, PromptDefinition definition, string what, double goal, CancellationToken cancellationToken)
    {
        using EdgePromptClient client = RuntimePrompts.Open(definition, path);
        await client.WarmUpAsync(cancellationToken);
        await RunAsync(Callers, 1);
        double alone = 0;
        double together = 0;
        for (int round = 0; round < 3; round++)
        {
            alone = Math.Max(alone, await RunAsync(1, Callers));
            together = Math.Max(together, await RunAsync(Callers, 2));
        }

        return Held($"{Callers} callers, {what}", together, "calls/s", "one caller", alone, ratio => ratio >= goal, $"{goal} times the reference");

        async Task<double> RunAsync(int callers, int calls)
        {
            long start = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, callers).Select(async caller =>
            {
                for (int call = 0; call < calls; call++)
                {
                    await client.PredictAsync([$"{caller} {call} {RuntimePrompts.Input}"], cancellationToken);
                }
            }));
            return callers * calls / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static Figure Held(string name, double value, string unit, string referenceName, double reference, Func<double, bool> holds, string goal) => new()
    {
        Name = name,
        Value = value,
        Unit = unit,
        ReferenceName = referenceName,
        Reference = reference,
        Goal = goal,
        Passed = holds(value / reference),
    };

    // One token for each different beginning of a label, its end excluded.
    private static IEnumerable<int> Nodes(int[][] answers)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (int[] answer in answers)
        {
            for (int length = 1; length < answer.Length; length++)
            {
                if (seen.Add(string.Join(',', answer[..length])))
                {
                    yield return answer[length - 1];
                }
            }
        }
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
