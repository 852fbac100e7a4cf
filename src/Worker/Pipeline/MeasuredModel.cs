using EdgeBuild.Runtime;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>What the runtime opens to measure a file.</summary>
/// <param name="Path">The GGUF file of the model.</param>
/// <param name="Manifest">Its manifest, which need not be on disk yet; its adapter, if there is one, is what is measured.</param>
/// <param name="AdapterDirectory">The folder of the adapter; null for that of the model.</param>
public sealed record MeasuredModel(string Path, EdgeManifest Manifest, string? AdapterDirectory = null)
{
    /// <summary>Gets the tokens after which the texts of an answer are cut, by the prompt's name; the runtime's own limit where there is none.</summary>
    public IReadOnlyDictionary<string, int> MostTokens { get; init; } = new Dictionary<string, int>();
}
