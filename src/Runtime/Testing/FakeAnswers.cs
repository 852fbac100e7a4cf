using System.Runtime.CompilerServices;

namespace EdgeBuild.Runtime.Testing;

/// <summary>The answers of a generated fake, which stands for a client in unit tests. Loads no model; any number of threads may call.</summary>
/// <typeparam name="TInput">The only input, or the record of all inputs.</typeparam>
/// <typeparam name="TOptions">The options of a call.</typeparam>
/// <typeparam name="TResult">The result.</typeparam>
public sealed class FakeAnswers<TInput, TOptions, TResult>
    where TOptions : EdgeCallOptions
{
    private readonly Lock _lock = new();
    private readonly List<FakeCall<TInput, TOptions>> _calls = [];
    private readonly PromptDefinition _definition;
    private readonly Func<TResult, IReadOnlyList<KeyValuePair<string, string>>> _toTexts;
    private readonly Func<TInput, TResult> _answer;
    private readonly double _confidence;

    /// <summary>Initializes a new instance of the <see cref="FakeAnswers{TInput, TOptions, TResult}"/> class.</summary>
    /// <param name="definition">The prompt.</param>
    /// <param name="toTexts">The text of each output of an answer, by its name, in their order; empty for lists and objects.</param>
    /// <param name="answer">Gives the answers.</param>
    /// <param name="confidence">The probability of the answer of each output, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The confidence is no probability.</exception>
    public FakeAnswers(
        PromptDefinition definition, Func<TResult, IReadOnlyList<KeyValuePair<string, string>>> toTexts, Func<TInput, TResult> answer, double confidence)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (confidence is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "A confidence is a probability, from 0 to 1.");
        }

        _definition = definition;
        _toTexts = toTexts;
        _answer = answer;
        _confidence = confidence;
    }

    /// <summary>Gets the calls so far, in their order.</summary>
    public IReadOnlyList<FakeCall<TInput, TOptions>> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Answers one call.</summary>
    /// <param name="input">What is asked.</param>
    /// <param name="options">How it is to be answered, or null.</param>
    /// <param name="cancellationToken">Ends the call, as it would end a real one.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public Prediction<TResult> Answer(TInput input, TOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            _calls.Add(new FakeCall<TInput, TOptions>(input, options));
        }

        TResult value = _answer(input);
        FieldPrediction[] fields = [.. _toTexts(value).Select(output => new FieldPrediction(output.Key, output.Value, Probabilities(output), _confidence))];
        var prediction = new EdgePrediction(fields, inputTruncated: false, TimeSpan.Zero, promptTokens: 0, cachedTokens: 0);
        ConfidenceRule.Unmeasured.Judge(prediction, options?.RequiredPrecision ?? EdgeClientOptions.DefaultPrecision);
        return new Prediction<TResult>(value, prediction);
    }

    /// <summary>Answers many calls.</summary>
    /// <param name="inputs">What is asked.</param>
    /// <param name="options">How it is to be answered, or null.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    /// <returns>The answers, in the same order.</returns>
    public IAsyncEnumerable<Prediction<TResult>> AnswerManyAsync(IEnumerable<TInput> inputs, TOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return AnswerManyAsync(inputs.ToAsyncEnumerable(), options, cancellationToken);
    }

    /// <inheritdoc cref="AnswerManyAsync(IEnumerable{TInput}, TOptions, CancellationToken)"/>
    public IAsyncEnumerable<Prediction<TResult>> AnswerManyAsync(IAsyncEnumerable<TInput> inputs, TOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return AnswerEachAsync(inputs, options, cancellationToken);
    }

    /// <summary>Answers one call word by word.</summary>
    /// <param name="input">What is asked.</param>
    /// <param name="options">How it is to be answered, or null.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The pieces of the text of the first output; together they are the text.</returns>
    public async IAsyncEnumerable<string> StreamAsync(TInput input, TOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string text = Answer(input, options, cancellationToken).Fields[0].Text;
        int start = 0;
        while (start < text.Length)
        {
            int space = text.IndexOf(' ', start + 1);
            int end = space < 0 ? text.Length : space;
            cancellationToken.ThrowIfCancellationRequested();
            yield return text[start..end];
            start = end;
            await Task.Yield();
        }
    }

    private async IAsyncEnumerable<Prediction<TResult>> AnswerEachAsync(
        IAsyncEnumerable<TInput> inputs, TOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (TInput input in inputs.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return Answer(input, options, cancellationToken);
        }
    }

    /// <summary>The answer has the confidence, the other labels share what is left.</summary>
    private LabelProbability[] Probabilities(KeyValuePair<string, string> output)
    {
        if (!_definition.Labels.TryGetValue(output.Key, out IReadOnlyList<string>? labels))
        {
            return [];
        }

        double rest = (1 - _confidence) / Math.Max(1, labels.Count - 1);
        return [.. labels.Select(label => new LabelProbability(label, label == output.Value ? _confidence : rest)).OrderByDescending(label => label.Probability)];
    }
}
