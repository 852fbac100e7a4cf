using EdgeBuild.Contracts;

namespace EdgeBuild.Generators.Models;

/// <summary>What came of one prompt file.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Client">The client; null when something is wrong.</param>
/// <param name="Findings">What is wrong.</param>
internal sealed record PromptOutcome(string Path, ClientModel? Client, EquatableArray<Finding> Findings)
{
    /// <summary>Takes the client away when one of its types belongs to another prompt file.</summary>
    public PromptOutcome Without(EquatableArray<TakenType> takenTypes)
    {
        TakenType? taken = takenTypes.FirstOrDefault(type => type.Path == Path);
        if (taken is null)
        {
            return this;
        }

        var diagnostic = new Diagnostic(
            ErrorCodes.DuplicateItem,
            DiagnosticSeverity.Error,
            Path,
            new SourcePosition(1, 1),
            $"The type '{taken.Type}' is already generated for '{taken.OwnerFile}'. Set ClientName or Namespace of one of the two EdgePrompt items.");
        return this with { Client = null, Findings = new(Findings.Append(Finding.From(diagnostic, string.Empty))) };
    }
}
