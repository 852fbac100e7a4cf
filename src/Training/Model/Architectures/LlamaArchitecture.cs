using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>
/// Llama 3.x and SmolLM2: rotations pair neighbours, for which the converter reorders the rows of q and k; Llama 3.1 and later divide the
/// frequencies by the tensor <c>rope_freqs</c>.
/// </summary>
internal sealed class LlamaArchitecture : ArchitectureDescription
{
    /// <inheritdoc/>
    public override string Name => "llama";

    /// <inheritdoc/>
    public override RopeLayout RopeLayout => RopeLayout.AdjacentPairs;

    /// <inheritdoc/>
    public override bool PermutesQueryAndKey => true;

    /// <inheritdoc/>
    public override GgufTensor? RotaryFactors(GgufFile file) => file.FindTensor("rope_freqs" + Weight);
}
