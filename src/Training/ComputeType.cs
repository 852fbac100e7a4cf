namespace EdgeBuild.Training;

/// <summary>The number format of matrix products. Softmax, norms, the loss and the LoRA master weights are always 32-bit.</summary>
public enum ComputeType
{
    /// <summary>Measured at the start, see <see cref="ComputeProbe"/>.</summary>
    Auto = 0,

#pragma warning disable CA1720 // the names of the formats
    /// <summary>32-bit floats.</summary>
    Float32 = 1,

    /// <summary>16-bit floats with 8 bits of exponent.</summary>
    BFloat16 = 2,
#pragma warning restore CA1720
}
