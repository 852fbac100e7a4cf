using EdgeBuild.Contracts;

namespace EdgeBuild.Tasks;

/// <summary>What the file system refuses, as an error of the project.</summary>
internal static class StorageDiagnostic
{
    public static Diagnostic From(Exception exception, string projectFile) => new(
        ErrorCodes.StorageFailed,
        DiagnosticSeverity.Error,
        projectFile,
        new SourcePosition(1, 1),
        $"A file cannot be read or written: {exception.Message.TrimEnd('.')}. Free some space, or check the permissions of the folder.");
}
