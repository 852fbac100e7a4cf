using EdgeBuild.Contracts;
using Microsoft.CodeAnalysis;

namespace EdgeBuild.Generators.Analyzers;

/// <summary>The rules for callers of generated clients.</summary>
internal static class UsageDescriptors
{
    private const string Category = "EdgeBuild";

    /// <summary>A thread waits for an answer.</summary>
    public static readonly DiagnosticDescriptor BlockingCall = new(
        ErrorCodes.BlockingCall,
        "A thread waits for the answer of a client",
        "'{0}' holds a thread until '{1}' has its answer. Await the call.",
        Category,
        Microsoft.CodeAnalysis.DiagnosticSeverity.Warning,
        true,
        helpLinkUri: "docs/errors/EDGE0101.md");

    /// <summary>A client is never disposed.</summary>
    public static readonly DiagnosticDescriptor NotDisposed = new(
        ErrorCodes.ClientNotDisposed,
        "A client is not disposed",
        "'{0}' keeps its model in memory until it is disposed. Declare it with 'using', or keep one client for the whole app.",
        Category,
        Microsoft.CodeAnalysis.DiagnosticSeverity.Warning,
        true,
        helpLinkUri: "docs/errors/EDGE0102.md");

    /// <summary>A client is made for every call.</summary>
    public static readonly DiagnosticDescriptor ClientPerCall = new(
        ErrorCodes.ClientPerCall,
        "A client is made for every call",
        "'{0}' is made anew in {1}, and each time the model is opened and warmed up. Make one client before it and use it for all calls; it may be called from any thread.",
        Category,
        Microsoft.CodeAnalysis.DiagnosticSeverity.Warning,
        true,
        helpLinkUri: "docs/errors/EDGE0103.md");
}
