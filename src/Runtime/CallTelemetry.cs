using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Json;

namespace EdgeBuild.Runtime;

/// <summary>The span and the metrics of one call, or of one group of bulk work.</summary>
internal sealed class CallTelemetry : IDisposable
{
    private const string Operation = "chat";

    private static readonly ActivitySource _source = new(EdgeTelemetry.SourceName);
    private static readonly Meter _meter = new(EdgeTelemetry.SourceName);

    // The buckets that the conventions give.
    private static readonly Histogram<double> _duration = _meter.CreateHistogram(
        "gen_ai.client.operation.duration",
        "s",
        "The time of a call, the wait for other calls included",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private static readonly Histogram<int> _tokens = _meter.CreateHistogram(
        "gen_ai.client.token.usage",
        "{token}",
        "The tokens of a call",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576] });

    private static readonly Counter<int> _answers = _meter.CreateCounter<int>(
        "edgebuild.client.answers", "{answer}", "The answers, by who gave them and whether an app can act on them");

    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly Activity? _activity;
    private readonly string _model;
    private readonly string _prompt;
    private readonly bool _sensitive;
    private string? _error;

    private CallTelemetry(string model, string prompt, bool sensitive, Activity? activity)
    {
        _model = model;
        _prompt = prompt;
        _sensitive = sensitive;
        _activity = activity;
    }

    /// <summary>Begins a call.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="inputs">What is asked, where the app wants it recorded; else null.</param>
    /// <returns>The call; it ends with <see cref="Dispose"/>.</returns>
    public static CallTelemetry Start(string model, string prompt, IReadOnlyList<string>? inputs = null)
    {
        // The model runs in this process.
        Activity? activity = _source.StartActivity($"{Operation} {model}", ActivityKind.Internal);
        activity?.SetTag("gen_ai.operation.name", Operation)
            .SetTag("gen_ai.provider.name", EdgeTelemetry.ProviderName)
            .SetTag("gen_ai.request.model", model)
            .SetTag("edgebuild.prompt", prompt);
        if (activity?.IsAllDataRequested == true && inputs is not null)
        {
            activity.SetTag("gen_ai.input.messages", Message("user", inputs, null));
        }

        return new CallTelemetry(model, prompt, inputs is not null, activity);
    }

    /// <summary>Records a call.</summary>
    /// <param name="call">The call.</param>
    /// <returns>Its answer.</returns>
    public async Task<EdgePrediction> ObserveAsync(Func<Task<EdgePrediction>> call) =>
        (await ObserveAsync(async () => new[] { await call().ConfigureAwait(false) }).ConfigureAwait(false))[0];

    /// <summary>Records a group of calls.</summary>
    /// <param name="calls">The calls.</param>
    /// <returns>Their answers.</returns>
    public async Task<EdgePrediction[]> ObserveAsync(Func<Task<EdgePrediction[]>> calls)
    {
        try
        {
            EdgePrediction[] answers = await calls().ConfigureAwait(false);
            Complete(answers);
            return answers;
        }
        catch (Exception exception)
        {
            _error = exception is EdgeModelException coded ? coded.Code : exception.GetType().FullName;
            _activity?.SetTag("error.type", _error).SetStatus(ActivityStatusCode.Error);
            throw;
        }
    }

    private void Complete(EdgePrediction[] predictions)
    {
        long input = 0;
        long cached = 0;
        long output = 0;
        foreach (EdgePrediction prediction in predictions)
        {
            input += prediction.PromptTokens;
            cached += prediction.CachedTokens;
            output += prediction.OutputTokens;
            _tokens.Record(prediction.PromptTokens, [.. Tags(), new("gen_ai.token.type", "input")]);
            _tokens.Record(prediction.OutputTokens, [.. Tags(), new("gen_ai.token.type", "output")]);
            _answers.Add(1, [.. Tags(), new("edgebuild.prompt", _prompt), new("edgebuild.source", Source(prediction)), new("edgebuild.confident", prediction.IsConfident)]);
        }

        if (_activity is null || predictions.Length == 0)
        {
            return;
        }

        EdgePrediction last = predictions[^1];
        string reason = last.OutputTruncated ? "length" : "stop";
        _activity.SetTag("gen_ai.response.model", _model)
            .SetTag("gen_ai.response.finish_reasons", new[] { reason })
            .SetTag("gen_ai.usage.input_tokens", input)
            .SetTag("gen_ai.usage.output_tokens", output)
            .SetTag("gen_ai.usage.cache_read.input_tokens", cached);
        if (predictions.Length > 1)
        {
            _activity.SetTag("edgebuild.rows", predictions.Length);
            return;
        }

        _activity.SetTag("edgebuild.source", Source(last)).SetTag("edgebuild.confident", last.IsConfident);
        if (_sensitive)
        {
            _activity.SetTag("gen_ai.output.messages", Message("assistant", [.. last.Fields.Select(output => output.Text)], reason));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        double seconds = Stopwatch.GetElapsedTime(_start).TotalSeconds;
        if (_error is null)
        {
            _duration.Record(seconds, Tags());
        }
        else
        {
            _duration.Record(seconds, [.. Tags(), new("error.type", _error)]);
        }

        _activity?.Dispose();
    }

    private static string Source(EdgePrediction prediction) => prediction.Source == AnswerSource.Fallback ? "fallback" : "model";

    private static string Message(string role, IReadOnlyList<string> texts, string? finishReason)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartArray();
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteStartArray("parts");
            foreach (string text in texts)
            {
                json.WriteStartObject();
                json.WriteString("type", "text");
                json.WriteString("content", text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (finishReason is not null)
            {
                json.WriteString("finish_reason", finishReason);
            }

            json.WriteEndObject();
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private KeyValuePair<string, object?>[] Tags() =>
        [new("gen_ai.operation.name", Operation), new("gen_ai.provider.name", EdgeTelemetry.ProviderName), new("gen_ai.request.model", _model)];
}
