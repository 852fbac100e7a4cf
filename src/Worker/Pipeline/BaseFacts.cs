using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>What the recipe needs to know of a base before it is loaded.</summary>
/// <param name="Architecture">Its architecture.</param>
/// <param name="ParameterCount">The number of its values.</param>
/// <param name="ContextLength">The number of tokens that it was made for.</param>
public sealed record BaseFacts(string Architecture, long ParameterCount, int ContextLength)
{
    /// <summary>Reads the header of a file.</summary>
    /// <param name="path">The GGUF file.</param>
    /// <returns>The facts.</returns>
    public static BaseFacts Read(string path)
    {
        using GgufFile file = GgufFile.Open(path, validate: false);
        return new BaseFacts(
            file.Architecture,
            file.Tensors.Sum(tensor => tensor.ElementCount),
            (int)(file.GetInteger(file.Architecture + ".context_length") ?? int.MaxValue));
    }
}
