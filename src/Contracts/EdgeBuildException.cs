namespace EdgeBuild.Contracts;

/// <summary>An error with a documented code that a user can act on. Anything else that is thrown is a defect of EdgeBuild.</summary>
public class EdgeBuildException : Exception
{
    /// <summary>Initializes a new instance of the <see cref="EdgeBuildException"/> class.</summary>
    /// <param name="code">The code, <c>EDGEnnnn</c>; see <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What is wrong and what to do next.</param>
    /// <param name="path">The file that it concerns, when there is one.</param>
    /// <param name="position">The place in that file.</param>
    /// <param name="innerException">The cause.</param>
    public EdgeBuildException(string code, string message, string? path = null, SourcePosition position = default, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        Path = path;
        Position = position;
    }

    /// <summary>Gets the code, <c>EDGEnnnn</c>.</summary>
    public string Code { get; }

    /// <summary>Gets the file that the error concerns, or null.</summary>
    public string? Path { get; }

    /// <summary>Gets the place in <see cref="Path"/>.</summary>
    public SourcePosition Position { get; }

    /// <summary>Converts the exception to the diagnostic that tasks and the worker print.</summary>
    /// <returns>An error diagnostic.</returns>
    public Diagnostic ToDiagnostic() => new(Code, DiagnosticSeverity.Error, Path ?? string.Empty, Position, Message);
}
