using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>Free text, against a plain loop.</summary>
internal sealed class TextFigures : IRuntimePart
{
    private const int Rounds = 7;
    private const int MaximumTokens = 96;
    private const double LongestToken = 20;

    /// <inheritdoc/>
    public string Name => "text";

    /// <inheritdoc/>
    public int Order => 3;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken)
    {
        BareModel bare = subject.Bare;
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.Reply, subject.Path);
        EncodedPrompt prompt = bare.Encoder(RuntimePrompts.Compile(RuntimePrompts.Reply)).Encode([RuntimePrompts.Input]);
        bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
        await client.WarmUpAsync(cancellationToken);
        var options = new EdgeCallOptions { MaxTokens = MaximumTokens };
        EdgePrediction first = await client.PredictAsync([RuntimePrompts.Input], options, cancellationToken);

        // The bare loop generates as many tokens as the answer has.
        int count = first.OutputTokens;
        var calls = new Timings();
        var loops = new Timings();
        for (int round = 0; round < Rounds; round++)
        {
            await calls.AddAsync(async () => await client.PredictAsync([RuntimePrompts.Input], options, cancellationToken));
            loops.Add(bare.Generate(prompt.Tokens, prompt.PrefixLength, count));
        }

        double rate = count / calls.Median * 1000;
        double reference = count / loops.Median * 1000;
        double each = calls.Median / count;
        return
        [
            new Figure
            {
                Name = $"free text of {count} tokens",
                Value = rate,
                Unit = "tokens/s",
                ReferenceName = "bare llama_decode loop",
                Reference = reference,
                Goal = "at least 0.95 times",
                Passed = rate >= 0.95 * reference,
            },
            new Figure
            {
                Name = $"free text of {count} tokens, one token with its share of the input",
                Value = each,
                Unit = "ms",
                Goal = subject.IsSmolLM2 ? $"below {LongestToken} ms" : null,
                Passed = subject.IsSmolLM2 ? each < LongestToken : null,
            },
        ];
    }
}
