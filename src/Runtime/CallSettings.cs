namespace EdgeBuild.Runtime;

/// <summary>The checked options of a call.</summary>
internal sealed class CallSettings
{
    /// <summary>The settings of a call without options.</summary>
    public static readonly CallSettings Default = new();

    /// <summary>Gets the number of tokens after which a text is cut, or null for the plan's.</summary>
    public int? MaximumTextTokens { get; private init; }

    /// <summary>Gets the time after which the call ends, or null.</summary>
    public TimeSpan? Timeout { get; private init; }

    /// <summary>Gets the calls that the call waits with, or null for those of the plain model.</summary>
    public CallLane? Lane { get; private init; }

    /// <summary>Gets what is told every piece of the text, or null.</summary>
    public Action<string>? Piece { get; private init; }

    /// <summary>Gets the strings that end a text.</summary>
    public IReadOnlyList<string> Stops { get; private init; } = [];

    /// <summary>Gets the precision that the call asks for, or null for that of the client.</summary>
    public double? RequiredPrecision { get; private init; }

    /// <summary>Gets a value indicating whether hidden states are kept.</summary>
    public bool KeepHiddenStates { get; private init; }

    private EdgeCallOptions? Sampling { get; init; }

    /// <summary>Checks the options of a call.</summary>
    /// <param name="options">The options, or null.</param>
    /// <param name="piece">Is told every piece of the text; null for nobody.</param>
    /// <param name="lane">The calls that it waits with; null for those of the plain model.</param>
    /// <param name="stops">The strings that end a text; null for none.</param>
    /// <returns>The settings.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An option has a value that makes no sense.</exception>
    public static CallSettings From(EdgeCallOptions? options, Action<string>? piece = null, CallLane? lane = null, IEnumerable<string>? stops = null)
    {
        if (options is null)
        {
            return piece is null ? Default : new CallSettings { Piece = piece, Lane = lane };
        }

        Require(options.MaxTokens is null or > 0, nameof(options.MaxTokens), options.MaxTokens, "above 0");
        Require(options.Temperature is null or (>= 0 and < double.PositiveInfinity), nameof(options.Temperature), options.Temperature, "0 or more");
        Require(options.TopK is null or >= 0, nameof(options.TopK), options.TopK, "0 or more");
        Require(options.TopP is null or (> 0 and <= 1), nameof(options.TopP), options.TopP, "above 0 and at most 1");
        Require(options.MinP is null or (>= 0 and <= 1), nameof(options.MinP), options.MinP, "from 0 to 1");
        Require(
            options.RepetitionPenalty is null or (> 0 and < double.PositiveInfinity), nameof(options.RepetitionPenalty), options.RepetitionPenalty, "above 0");
        Require(options.Timeout is null || options.Timeout > TimeSpan.Zero, nameof(options.Timeout), options.Timeout, "above 0");
        RequireShare(options.RequiredPrecision, nameof(options.RequiredPrecision));
        bool samples = options.Temperature > 0 || options.RepetitionPenalty is not (null or 1);
        return new CallSettings
        {
            MaximumTextTokens = options.MaxTokens,
            Timeout = options.Timeout,
            Piece = piece,
            Lane = lane,
            RequiredPrecision = options.RequiredPrecision,
            Stops = [.. stops ?? []],
            KeepHiddenStates = options.KeepHiddenStates,
            Sampling = samples ? Copy(options) : null,
        };
    }

    /// <summary>Creates what chooses the tokens of one call.</summary>
    /// <returns>A sampler, or null for the most probable token.</returns>
    public TokenSampler? CreateSampler() => Sampling is null ? null : new TokenSampler(Sampling);

    /// <summary>Checks a share that an app asks for.</summary>
    /// <param name="share">The share; null for none.</param>
    /// <param name="name">The option.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public static void RequireShare(double? share, string name) => Require(share is null or (>= 0 and <= 1), name, share, "from 0 to 1");

    // The app may change its object while the call waits.
    private static EdgeCallOptions Copy(EdgeCallOptions options) => new()
    {
        Temperature = options.Temperature,
        TopK = options.TopK,
        TopP = options.TopP,
        MinP = options.MinP,
        RepetitionPenalty = options.RepetitionPenalty,
        Seed = options.Seed,
    };

    private static void Require(bool condition, string name, object? value, string range)
    {
        if (!condition)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {range}.");
        }
    }
}
