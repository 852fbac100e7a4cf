using System.Globalization;

using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>Free text, against a plain loop.</summary>
internal sealed class TextFigures : IRuntimePart
{
    private const int Rounds = 7;
    private const int MaximumTokens = 96;
    private const double LongestToken = 20;
    private const string Copied = "Repeat exactly: Transport of 4711 barrels from Oberhausen to Rotterdam on 12 March 2031, at the risk of the carrier";

    /// <inheritdoc/>
    public string Name => "text";

    /// <inheritdoc/>
    public int Order => 3;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken)
    {
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.Reply, subject.Path);
        await client.WarmUpAsync(cancellationToken);
        (int count, Timings calls, Timings loops) = await RunAsync(subject.Bare, client, RuntimePrompts.Input, cancellationToken);
        double each = calls.Median / count;
        var figures = new List<Figure>
        {
            Rate($"free text of {count} tokens", count, calls, loops, least: 0.95),
            new()
            {
                Name = $"free text of {count} tokens, one token with its share of the input",
                Value = each,
                Unit = "ms",
                Goal = subject.IsSmolLM2 ? $"below {LongestToken} ms" : null,
                Passed = subject.IsSmolLM2 ? each < LongestToken : null,
            },
        };
        if (subject.IsSmolLM2)
        {
            // Random weights copy nothing.
            (count, calls, loops) = await RunAsync(subject.Bare, client, Copied, cancellationToken);
            figures.Add(Rate($"text of {count} tokens that is copied from the input", count, calls, loops, least: null));
        }

        return figures;
    }

    private static async Task<(int Count, Timings Calls, Timings Loops)> RunAsync(BareModel bare, EdgePromptClient client, string input, CancellationToken cancellationToken)
    {
        EncodedPrompt prompt = bare.Encoder(RuntimePrompts.Compile(RuntimePrompts.Reply)).Encode([input]);
        bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
        var options = new EdgeCallOptions { MaxTokens = MaximumTokens };
        EdgePrediction first = await client.PredictAsync([input], options, cancellationToken);

        // The bare loop generates as many tokens as the answer has.
        int count = first.OutputTokens;
        var calls = new Timings();
        var loops = new Timings();
        for (int round = 0; round < Rounds; round++)
        {
            await calls.AddAsync(async () => await client.PredictAsync([input], options, cancellationToken));
            loops.Add(bare.Generate(prompt.Tokens, prompt.PrefixLength, count));
        }

        return (count, calls, loops);
    }

    private static Figure Rate(string name, int count, Timings calls, Timings loops, double? least)
    {
        double rate = count / calls.Median * 1000;
        double reference = count / loops.Median * 1000;
        return new Figure
        {
            Name = name,
            Value = rate,
            Unit = "tokens/s",
            ReferenceName = "bare llama_decode loop",
            Reference = reference,
            Goal = least is double goal ? string.Create(CultureInfo.InvariantCulture, $"at least {goal} times") : null,
            Passed = least is double limit ? rate >= limit * reference : null,
        };
    }
}
