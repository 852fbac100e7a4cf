using System.Text;

namespace EdgeBuild.Runtime;

/// <summary>A value that is generated token by token, always the most probable token that the value's syntax allows.</summary>
internal abstract class GeneratedValue(CompletionStep step, TokenPieces pieces)
{
    /// <summary>Gets the value's step.</summary>
    protected CompletionStep Step { get; } = step;

    /// <summary>Gets a value indicating whether the most probable token is chosen always, so that a guess may be right.</summary>
    public virtual bool IsMostProbable => true;

    /// <summary>Tells whether nothing may be appended, so that no token has to be computed to learn that the value ends.</summary>
    /// <param name="mustEnd">True when a number may not become longer.</param>
    /// <returns>True when the value has ended.</returns>
    public virtual bool IsFinal(bool mustEnd) => false;

    /// <summary>Gets the texts of the tokens.</summary>
    protected TokenPieces Pieces { get; } = pieces;

    /// <summary>Creates an empty value.</summary>
    /// <param name="step">The step; not a labelled one.</param>
    /// <param name="pieces">The texts of the tokens.</param>
    /// <param name="settings">How text is chosen, and who is told of it.</param>
    /// <returns>The value.</returns>
    public static GeneratedValue Create(CompletionStep step, TokenPieces pieces, CallSettings settings) => step.Kind switch
    {
        CompletionStep.ValueKind.Integer => new GeneratedNumber(step, pieces, integer: true),
        CompletionStep.ValueKind.Float => new GeneratedNumber(step, pieces, integer: false),
        CompletionStep.ValueKind.JsonText => new GeneratedJsonText(step, pieces, settings),
        _ => new GeneratedText(step, pieces, settings),
    };

    /// <summary>Chooses the next token.</summary>
    /// <param name="logits">The logits after the last token.</param>
    /// <returns>The token.</returns>
    public abstract int Choose(ReadOnlySpan<float> logits);

    /// <summary>Appends a chosen token.</summary>
    /// <param name="token">The token.</param>
    /// <returns>False when the token ended the value.</returns>
    public abstract bool Append(int token);

    /// <summary>Gets the value as text.</summary>
    /// <returns>Valid text.</returns>
    public abstract string ToText();

    /// <summary>Tells whether a token begins what may follow the value.</summary>
    /// <param name="token">The token.</param>
    /// <returns>True for such a token.</returns>
    protected bool IsTerminator(int token) => Array.IndexOf(Step.Terminators, token) >= 0;

    /// <summary>Tells whether a token ends the turn or is a control token, which never is part of a value.</summary>
    /// <param name="token">The token.</param>
    /// <returns>True for such a token.</returns>
    protected bool Ends(int token) => IsTerminator(token) || Pieces.IsControl(token);
}

/// <summary>Free text that ends with the turn.</summary>
internal sealed class GeneratedText : GeneratedValue
{
    private readonly TokenSampler? _sampler;
    private readonly StringBuilder _text = new();
    private readonly TextPieces _decoded;
    private readonly StopText _stop;

    /// <summary>Initializes a new instance of the <see cref="GeneratedText"/> class.</summary>
    /// <param name="step">The step.</param>
    /// <param name="pieces">The texts of the tokens.</param>
    /// <param name="settings">How text is chosen, and who is told of it.</param>
    public GeneratedText(CompletionStep step, TokenPieces pieces, CallSettings settings)
        : base(step, pieces)
    {
        _sampler = settings.CreateSampler();
        _stop = new StopText(settings.Stops, piece =>
        {
            _text.Append(piece);
            settings.Piece?.Invoke(piece);
        });
        _decoded = new TextPieces(_stop.Append);
    }

    /// <inheritdoc/>
    public override bool IsMostProbable => _sampler is null;

    /// <inheritdoc/>
    public override int Choose(ReadOnlySpan<float> logits) =>
        _sampler?.Choose(logits) ?? LogProbability.IndexOfMaximum(logits);

    /// <inheritdoc/>
    public override bool Append(int token)
    {
        if (Ends(token))
        {
            return false;
        }

        _sampler?.Accept(token);
        _decoded.Append(Pieces.BytesOf(token));
        return !_stop.IsStopped;
    }

    /// <inheritdoc/>
    public override string ToText()
    {
        _stop.Flush();
        return _text.ToString();
    }
}

/// <summary>Free text within the quotes of a JSON string.</summary>
internal sealed class GeneratedJsonText(CompletionStep step, TokenPieces pieces, CallSettings settings) : GeneratedValue(step, pieces)
{
    private readonly TokenSampler? _sampler = settings.CreateSampler();
    private readonly JsonStringBody _body = new();

    /// <inheritdoc/>
    public override bool IsMostProbable => _sampler is null;

    /// <inheritdoc/>
    public override int Choose(ReadOnlySpan<float> logits) =>
        _sampler?.Choose(logits) ?? LogProbability.IndexOfMaximum(logits);

    /// <inheritdoc/>
    public override bool Append(int token)
    {
        _sampler?.Accept(token);
        return !Ends(token) && !_body.Append(Pieces.BytesOf(token));
    }

    /// <inheritdoc/>
    public override string ToText() => _body.ToText();
}

/// <summary>A number in JSON syntax.</summary>
internal sealed class GeneratedNumber(CompletionStep step, TokenPieces pieces, bool integer) : GeneratedValue(step, pieces)
{
    // The most digits that every value of a 64-bit integer has room for.
    private const int MaximumIntegerLength = 18;

    private NumberSyntax.State _state = NumberSyntax.State.Start;
    private string _text = string.Empty;
    private string _number = string.Empty;

    /// <inheritdoc/>
    public override bool IsFinal(bool mustEnd) => NumberSyntax.IsComplete(_state) && (mustEnd || !Pieces.NumberTokens.Values.Any(MayFollow));

    /// <inheritdoc/>
    public override int Choose(ReadOnlySpan<float> logits)
    {
        int best = NumberSyntax.IsComplete(_state) ? LogProbability.MostProbable(logits, Step.Terminators) : -1;
        foreach ((int token, string text) in Pieces.NumberTokens)
        {
            if ((best < 0 || logits[token] > logits[best]) && MayFollow(text))
            {
                best = token;
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public override bool Append(int token)
    {
        if (IsTerminator(token))
        {
            return false;
        }

        string text = Pieces.NumberTokens[token];
        _state = NumberSyntax.Read(_state, text, integer);
        _text += text;
        _number = NumberSyntax.IsComplete(_state) ? _text : _number;
        return true;
    }

    /// <inheritdoc/>
    public override string ToText() => _number;

    private bool MayFollow(string text) =>
        (!integer || _text.Length + text.Length <= MaximumIntegerLength) && NumberSyntax.Read(_state, text, integer) != NumberSyntax.State.Invalid;
}
