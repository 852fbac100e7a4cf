using System.Reflection;

namespace EdgeBuild.Worker;

/// <summary>The version of this program.</summary>
public static class EdgeBuildVersion
{
    /// <summary>Gets the version without the commit that a build may append.</summary>
    public static string Current { get; } =
        typeof(EdgeBuildVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";
}
