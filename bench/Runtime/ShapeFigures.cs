using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>How far the division of the same tokens into batches moves the logits after the last of them.</summary>
internal sealed class ShapeFigures : IRuntimePart
{
    /// <inheritdoc/>
    public string Name => "shapes";

    /// <inheritdoc/>
    public int Order => 6;

    /// <inheritdoc/>
    public Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken)
    {
        BareModel bare = subject.Bare;
        EncodedPrompt prompt = bare.Encoder(RuntimePrompts.Compile(RuntimePrompts.WithHead)).Encode([RuntimePrompts.Input]);
        int[] tokens = prompt.Tokens;
        int prefix = prompt.PrefixLength;
        float[] call = bare.Logits(tokens, [prefix, tokens.Length]);
        double deviation = Math.Sqrt(call.Select(logit => Math.Pow(logit - call.Average(), 2)).Average());
        return Task.FromResult<IReadOnlyList<Figure>>(
        [
            Shape("the same batches again", bare.Logits(tokens, [prefix, tokens.Length]), exact: true),
            Shape("one thread", bare.Logits(tokens, [prefix, tokens.Length], threads: 1), exact: true),
            Shape("beside 7 other rows", bare.Logits(tokens, [prefix, tokens.Length], company: 7)),
            Shape("the input in two halves", bare.Logits(tokens, [prefix, (prefix + tokens.Length) / 2, tokens.Length])),
            Shape("the input token by token", bare.Logits(tokens, [prefix, .. Enumerable.Range(prefix + 1, tokens.Length - prefix)])),
            Shape("everything in one batch", bare.Logits(tokens, [tokens.Length])),
        ]);

        Figure Shape(string how, float[] logits, bool exact = false)
        {
            double difference = call.Zip(logits, (left, right) => Math.Abs((double)left - right)).Max();
            return new Figure
            {
                Name = $"largest difference of a logit, {how}",
                Value = difference,
                Unit = string.Empty,
                ReferenceName = "standard deviation of the logits",
                Reference = deviation,
                Goal = exact ? "none" : null,
                Passed = exact ? difference == 0 : null,
            };
        }
    }
}
