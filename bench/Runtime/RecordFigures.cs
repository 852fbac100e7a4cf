using System.Text.Json;

using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>A JSON record of an enum, a number and a short text, against llama.cpp's grammar sampler.</summary>
internal sealed class RecordFigures : IRuntimePart
{
    private const int Rounds = 15;

    /// <inheritdoc/>
    public string Name => "record";

    /// <inheritdoc/>
    public int Order => 2;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken)
    {
        BareModel bare = subject.Bare;
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.Record, subject.Path);
        EncodedPrompt prompt = bare.Encoder(RuntimePrompts.Compile(RuntimePrompts.Record)).Encode([RuntimePrompts.Input]);
        bare.Keep(prompt.Tokens.AsSpan(0, prompt.PrefixLength));
        await client.WarmUpAsync(cancellationToken);
        EdgePrediction first = await client.PredictAsync([RuntimePrompts.Input], cancellationToken);
        await log.WriteLineAsync($"  runtime: {string.Join(" | ", first.Fields.Select(field => field.Text))} ({first.OutputTokens} tokens)");

        // The same record: a text of the same length.
        string grammar = Grammar(first.Fields[2].Text.Length);
        using GrammarSampler masks = bare.Sampler(grammar, rejects: false);
        using GrammarSampler rejects = bare.Sampler(grammar, rejects: true);
        (_, string text, int count) = bare.Generate(prompt.Tokens, prompt.PrefixLength, masks);
        using var parsed = JsonDocument.Parse(text);
        await log.WriteLineAsync($"  grammar: {parsed.RootElement.GetRawText()} ({count} tokens)");
        var calls = new Timings();
        var masked = new Timings();
        var rejected = new Timings();
        for (int round = 0; round < Rounds; round++)
        {
            await calls.AddAsync(async () => await client.PredictAsync([RuntimePrompts.Input], cancellationToken));
            if (round % 3 == 0)
            {
                masked.Add(bare.Generate(prompt.Tokens, prompt.PrefixLength, masks).Time);
                rejected.Add(bare.Generate(prompt.Tokens, prompt.PrefixLength, rejects).Time);
            }
        }

        const string Record = "record of an enum, a number and a text of 6 tokens";
        return
        [
            calls.Against(Record, "llama.cpp's grammar sampler", masked, 0.25),
            calls.Against(Record, "the same, after the most probable token was refused", rejected),
        ];
    }

    private static string Grammar(int length) =>
        $$"""
        root ::= "{\"sentiment\":\"" ("positive" | "neutral" | "negative") "\",\"score\":" "-"? ("0" | [1-9] [0-9]?) ",\"note\":\"" [^"\\\x00-\x1F]{0,{{length}}} "\"}"
        """;
}
