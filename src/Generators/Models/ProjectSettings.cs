using Microsoft.CodeAnalysis.Diagnostics;

namespace EdgeBuild.Generators.Models;

/// <summary>The properties of the project that generated code depends on.</summary>
/// <param name="RootNamespace">The namespace of clients whose prompt names none.</param>
/// <param name="IsEnabled">Whether EdgeBuild is in use.</param>
internal sealed record ProjectSettings(string RootNamespace, bool IsEnabled)
{
    /// <summary>Reads the properties.</summary>
    public static ProjectSettings Read(AnalyzerConfigOptionsProvider options) => new(
        Property(options, "RootNamespace"),
        !string.Equals(Property(options, "EdgeBuildEnabled"), "false", StringComparison.OrdinalIgnoreCase));

    private static string Property(AnalyzerConfigOptionsProvider options, string name) =>
        options.GlobalOptions.TryGetValue("build_property." + name, out string? value) ? value : string.Empty;
}
