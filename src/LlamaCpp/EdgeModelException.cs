using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>
/// A model cannot be opened or does not answer: everything that goes wrong in an app at run time, with a documented code. What an app may see
/// besides is cancellation, and the exceptions of a wrong call: those of its arguments, of options that are not valid, of a disposed client.
/// </summary>
public sealed class EdgeModelException : EdgeBuildException
{
    /// <summary>Initializes a new instance of the <see cref="EdgeModelException"/> class.</summary>
    /// <param name="code">The code, <c>EDGEnnnn</c>; see <see cref="ErrorCodes"/>.</param>
    /// <param name="message">What is wrong and what to do next.</param>
    /// <param name="path">The file that it concerns, when there is one.</param>
    /// <param name="position">The place in that file.</param>
    /// <param name="innerException">The cause.</param>
    public EdgeModelException(string code, string message, string? path = null, SourcePosition position = default, Exception? innerException = null)
        : base(code, message, path, position, innerException)
    {
    }
}
