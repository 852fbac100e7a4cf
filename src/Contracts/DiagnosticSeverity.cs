namespace EdgeBuild.Contracts;

/// <summary>How bad a <see cref="Diagnostic"/> is.</summary>
public enum DiagnosticSeverity
{
    /// <summary>The build goes on.</summary>
    Warning,

    /// <summary>The build stops.</summary>
    Error,
}
