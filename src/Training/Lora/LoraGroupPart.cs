using static TorchSharp.torch;

namespace EdgeBuild.Training;

/// <summary>One adapted layer of a group.</summary>
/// <param name="RankStart">Its first column in the group's A·x.</param>
/// <param name="Rank">The rank.</param>
/// <param name="OutputStart">Its first column in the group's output.</param>
/// <param name="OutputLength">Its output width.</param>
/// <param name="Scale">α / r.</param>
/// <param name="B">Scale · Bᵀ, [rank, output].</param>
/// <param name="BTransposed">The transposed view of <paramref name="B"/>.</param>
/// <param name="BGradient">The gradient of Bᵀ, or null outside training.</param>
internal sealed record LoraGroupPart(
    int RankStart, int Rank, int OutputStart, int OutputLength, float Scale, Tensor B, Tensor BTransposed, Tensor? BGradient);
