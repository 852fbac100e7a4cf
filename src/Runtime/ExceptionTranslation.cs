using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>
/// Makes an <see cref="EdgeModelException"/> of whatever goes wrong behind a public member. Cancellation, and what the caller did wrong, stay what
/// they are.
/// </summary>
internal static class ExceptionTranslation
{
    /// <summary>Runs work of a public member.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">The work.</param>
    /// <returns>The result.</returns>
    public static T Run<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (IsForeign(exception))
        {
            throw Translate(exception);
        }
    }

    /// <summary>Tells whether an app must not see an exception as it is.</summary>
    /// <param name="exception">The exception.</param>
    /// <returns>True when it is to be translated.</returns>
    public static bool IsForeign(Exception exception) =>
        exception is not (EdgeModelException or OperationCanceledException or ArgumentException or ObjectDisposedException);

    /// <summary>Finds the code of an exception.</summary>
    /// <param name="exception">The exception; <see cref="IsForeign"/>.</param>
    /// <returns>What the app sees; the exception is its cause.</returns>
    public static EdgeModelException Translate(Exception exception) => exception switch
    {
        EdgeBuildException coded => new EdgeModelException(coded.Code, coded.Message, coded.Path, coded.Position, coded),
        IOException or UnauthorizedAccessException => new EdgeModelException(
            ErrorCodes.ArtifactInvalid,
            $"A file of the model cannot be read: {exception.Message} Check its permissions, and that no other program writes it.",
            innerException: exception),
        OutOfMemoryException => new EdgeModelException(
            ErrorCodes.ComputationFailed, "There is not enough memory for the call. Free memory, or lower RowsPerBatch or maxInputTokens.", innerException: exception),

        // Its message may hold what was asked or answered, and the app may log this one.
        _ => new EdgeModelException(
            ErrorCodes.ComputationFailed,
            $"The call failed with {exception.GetType().Name}, a defect of EdgeBuild. Report it with the stack trace of the inner exception.",
            innerException: exception),
    };
}
