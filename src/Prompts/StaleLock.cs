using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts;

/// <summary>Whether the lock file speaks of another version of a prompt than the file holds now.</summary>
public static class StaleLock
{
    /// <summary>Compares a prompt with the one that the model of the lock file was trained for.</summary>
    /// <param name="document">The prompt.</param>
    /// <param name="labels">Its labels; those of the lock file where the prompt lists none.</param>
    /// <param name="lockedHash">The hash in the lock file; null when it has none.</param>
    /// <returns>The warning, or null when both agree or nothing can be said.</returns>
    public static Diagnostic? Find(PromptDocument document, LabelSet labels, string? lockedHash)
    {
        if (lockedHash is null || !labels.IsComplete || string.Equals(CompiledPrompt.ComputeHash(document, labels), lockedHash, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return new Diagnostic(
            ErrorCodes.StaleLock,
            DiagnosticSeverity.Warning,
            document.Path,
            document.Position,
            $"The prompt '{document.Name}' was changed after the model of edgebuild.lock.json was trained, so score and labels shown are those of its last version. Build with EdgeBuildTraining=Auto.");
    }
}
