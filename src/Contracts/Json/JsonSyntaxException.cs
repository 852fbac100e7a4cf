namespace EdgeBuild.Contracts.Json;

/// <summary>A text is not valid JSON.</summary>
/// <param name="message">What is wrong, without text of the file.</param>
/// <param name="position">Where.</param>
public sealed class JsonSyntaxException(string message, SourcePosition position) : Exception(message)
{
    /// <summary>Gets the place of the first character that is wrong.</summary>
    public SourcePosition Position { get; } = position;
}
