namespace EdgeBuild.Training;

/// <summary>A tensor of a safetensors file as 32-bit floats.</summary>
/// <param name="Shape">The sizes, outermost first.</param>
/// <param name="Values">The values, row after row.</param>
internal sealed record SafetensorsTensor(long[] Shape, float[] Values);
