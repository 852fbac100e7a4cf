namespace EdgeBuild.LlamaCpp;

/// <summary>A back end of ggml for graphics processors that lies beside llama.cpp.</summary>
/// <param name="Library">The name of its file.</param>
/// <param name="Devices">The devices that it found, as their drivers name them.</param>
/// <param name="Problem">Why there are none; null when there are.</param>
public sealed record GpuBackend(string Library, IReadOnlyList<string> Devices, string? Problem);
