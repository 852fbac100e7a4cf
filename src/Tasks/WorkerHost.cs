namespace EdgeBuild.Tasks;

/// <summary>Where the worker is and what it needs to run.</summary>
/// <param name="WorkerPath">The path of edgebuild.dll.</param>
/// <param name="DotNetHostPath">The dotnet host that runs this build.</param>
/// <param name="NativesFolder">The folder of the native llama.cpp; empty when the worker has it beside itself.</param>
/// <param name="PackagesFolder">The folder of the restored NuGet packages, in which the worker looks for libtorch.</param>
/// <param name="Progress"><c>Auto</c> or <c>None</c>; see <see cref="ProgressDisplay"/>.</param>
/// <param name="ProjectDirectory">The project's folder.</param>
/// <param name="LogData">Whether rows may be written to the log.</param>
internal sealed record WorkerHost(
    string WorkerPath, string? DotNetHostPath, string? NativesFolder, string? PackagesFolder, string Progress, string ProjectDirectory, bool LogData)
{
    /// <summary>Gets the command that starts it.</summary>
    public string Command => string.IsNullOrEmpty(DotNetHostPath) ? "dotnet" : DotNetHostPath!;

    /// <summary>Gets where the worker finds what it cannot know by itself, by environment variable.</summary>
    public IReadOnlyDictionary<string, string?> Folders => new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        ["EDGEBUILD_NATIVES"] = NativesFolder,
        ["NUGET_PACKAGES"] = PackagesFolder,
    };
}
