namespace EdgeBuild.LlamaCpp;

/// <summary>A tensor entry as <see cref="GgufHeader"/> read it; the shape always has four sizes.</summary>
internal sealed record GgufHeaderTensor(GgmlType Type, long[] Shape, long Offset, long ByteCount)
{
    public bool HasShape(long first, long second) => Shape[0] == first && Shape[1] == second && Shape[2] == 1 && Shape[3] == 1;
}
