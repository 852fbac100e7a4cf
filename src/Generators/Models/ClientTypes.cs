namespace EdgeBuild.Generators.Models;

/// <summary>The types that one prompt file gives; all that other prompt files need to know of it.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Types">The full names; empty when no client is generated.</param>
internal sealed record ClientTypes(string Path, EquatableArray<string> Types)
{
    /// <summary>The types of a client.</summary>
    public static ClientTypes Of(PromptOutcome outcome) => new(outcome.Path, new(outcome.Client?.Types ?? []));
}
