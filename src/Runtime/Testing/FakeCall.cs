namespace EdgeBuild.Runtime.Testing;

/// <summary>One call of a generated fake.</summary>
/// <typeparam name="TInput">The only input, or the record of all inputs.</typeparam>
/// <typeparam name="TOptions">The options of a call.</typeparam>
/// <param name="input">What was asked.</param>
/// <param name="options">How it was to be answered, or null.</param>
public sealed class FakeCall<TInput, TOptions>(TInput input, TOptions? options)
    where TOptions : EdgeCallOptions
{
    /// <summary>Gets what was asked.</summary>
    public TInput Input { get; } = input;

    /// <summary>Gets how it was to be answered, or null.</summary>
    public TOptions? Options { get; } = options;
}
