using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>What a base model's file says before its weights are read.</summary>
public sealed record BaseModelHeader
{
    /// <summary>Gets the sizes and constants.</summary>
    public required ModelConfiguration Configuration { get; init; }

    /// <summary>Gets the bytes of all weights as they are stored.</summary>
    public required long StoredBytes { get; init; }

    /// <summary>Reads the header of a file.</summary>
    /// <param name="path">The GGUF file.</param>
    /// <returns>The header.</returns>
    /// <exception cref="EdgeBuildException">EDGE4001: the file is damaged. EDGE4002: its architecture is not supported.</exception>
    public static BaseModelHeader Read(string path)
    {
        using GgufFile file = GgufFile.Open(path);
        return new BaseModelHeader
        {
            Configuration = ArchitectureDescription.Of(file).ReadConfiguration(file),
            StoredBytes = file.Tensors.Sum(tensor => tensor.ByteCount),
        };
    }
}
