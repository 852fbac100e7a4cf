using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Checks that the base is the pinned file and a sound one before native code reads it.</summary>
public static class BaseModelFile
{
    /// <summary>Checks the file of a plan.</summary>
    /// <param name="planned">The base.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <exception cref="EdgeBuildException">EDGE0004, EDGE4001 or EDGE4003.</exception>
    public static void Verify(PlannedBase planned, CancellationToken cancellationToken)
    {
        if (!File.Exists(planned.Path))
        {
            throw new EdgeBuildException(ErrorCodes.FileNotFound, $"The base model '{planned.Name}' is not there. Check the Source of its EdgeBase item.", planned.Path);
        }

        // The structure first: its message says more about a truncated download than a hash does.
        GgufValidator.Validate(planned.Path, requireSupportedArchitecture: true);
        string actual = FileHash.Sha256(planned.Path, cancellationToken);
        if (!string.Equals(actual, planned.Sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new EdgeBuildException(
                ErrorCodes.HashMismatch,
                $"The base model '{planned.Name}' has SHA-256 {actual}, but {planned.Sha256} is pinned. Fetch the file again, or pin the new hash in Sha256 of the EdgeBase item when the change is meant.",
                planned.Path);
        }
    }
}
