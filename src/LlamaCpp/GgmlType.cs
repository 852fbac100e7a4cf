namespace EdgeBuild.LlamaCpp;

#pragma warning disable CA1707 // The names are ggml's own.

/// <summary>The element types of <c>ggml_type</c> (ggml.h, release v0.4.0).</summary>
public enum GgmlType
{
    /// <summary>32-bit float.</summary>
    F32 = 0,

    /// <summary>16-bit float.</summary>
    F16 = 1,

    /// <summary>4 bits, a scale for 32 values.</summary>
    Q4_0 = 2,

    /// <summary>4 bits, a scale and a minimum for 32 values.</summary>
    Q4_1 = 3,

    /// <summary>5 bits, a scale for 32 values.</summary>
    Q5_0 = 6,

    /// <summary>5 bits, a scale and a minimum for 32 values.</summary>
    Q5_1 = 7,

    /// <summary>8 bits, a scale for 32 values.</summary>
    Q8_0 = 8,

    /// <summary>8 bits with block sums; only for activations.</summary>
    Q8_1 = 9,

    /// <summary>2-bit K-quant.</summary>
    Q2_K = 10,

    /// <summary>3-bit K-quant.</summary>
    Q3_K = 11,

    /// <summary>4-bit K-quant.</summary>
    Q4_K = 12,

    /// <summary>5-bit K-quant.</summary>
    Q5_K = 13,

    /// <summary>6-bit K-quant.</summary>
    Q6_K = 14,

    /// <summary>8-bit K-quant; only for activations.</summary>
    Q8_K = 15,

    /// <summary>About 2 bits, grid of values.</summary>
    IQ2_XXS = 16,

    /// <summary>About 2.3 bits, grid of values.</summary>
    IQ2_XS = 17,

    /// <summary>About 3 bits, grid of values.</summary>
    IQ3_XXS = 18,

    /// <summary>About 1.6 bits, grid of values.</summary>
    IQ1_S = 19,

    /// <summary>4 bits with uneven steps, 32 values a block.</summary>
    IQ4_NL = 20,

    /// <summary>About 3.4 bits, grid of values.</summary>
    IQ3_S = 21,

    /// <summary>About 2.5 bits, grid of values.</summary>
    IQ2_S = 22,

    /// <summary>4 bits with uneven steps, 256 values a block.</summary>
    IQ4_XS = 23,

    /// <summary>8-bit integer.</summary>
    I8 = 24,

    /// <summary>16-bit integer.</summary>
    I16 = 25,

    /// <summary>32-bit integer.</summary>
    I32 = 26,

    /// <summary>64-bit integer.</summary>
    I64 = 27,

    /// <summary>64-bit float.</summary>
    F64 = 28,

    /// <summary>About 1.8 bits, grid of values.</summary>
    IQ1_M = 29,

    /// <summary>The upper 16 bits of a 32-bit float.</summary>
    BF16 = 30,

    /// <summary>Ternary, 1.7 bits.</summary>
    TQ1_0 = 34,

    /// <summary>Ternary, 2.1 bits.</summary>
    TQ2_0 = 35,

    /// <summary>Microscaling 4-bit float.</summary>
    MXFP4 = 39,

    /// <summary>4-bit float with E4M3 scales.</summary>
    NVFP4 = 40,

    /// <summary>1 bit.</summary>
    Q1_0 = 41,

    /// <summary>2 bits.</summary>
    Q2_0 = 42,
}
