namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Names and block layouts of <see cref="GgmlType"/>, in managed code because the validator needs them before native code runs. Values are
/// those of <c>type_traits</c> in ggml/src/ggml.c, release v0.4.0; a test compares all of them with the library.
/// </summary>
public static class GgmlTypes
{
    /// <summary>The number behind the last type, <c>GGML_TYPE_COUNT</c>.</summary>
    internal const int Count = 43;

    /// <summary>Whether the value is a type that files may have.</summary>
    /// <param name="type">The type.</param>
    /// <returns>False for gaps in the numbering and for values beyond it.</returns>
    public static bool IsKnown(GgmlType type) => Layout(type).BlockSize > 0;

    /// <summary>The number of values in a block; a row's length is a multiple of it.</summary>
    /// <param name="type">The type.</param>
    /// <returns>1 for plain types, 32 to 256 for quantized ones.</returns>
    public static int BlockSize(GgmlType type) => Known(type).BlockSize;

    /// <summary>The number of bytes of a block.</summary>
    /// <param name="type">The type.</param>
    /// <returns>Bytes.</returns>
    public static int BlockByteCount(GgmlType type) => Known(type).ByteCount;

    /// <summary>The number of bytes of a row.</summary>
    /// <param name="type">The type.</param>
    /// <param name="rowLength">The values in the row, a multiple of <see cref="BlockSize"/>.</param>
    /// <returns>Bytes.</returns>
    public static long RowByteCount(GgmlType type, long rowLength)
    {
        (int blockSize, int byteCount) = Known(type);
        return rowLength % blockSize == 0
            ? rowLength / blockSize * byteCount
            : throw new ArgumentException($"A row of {rowLength} values is not a multiple of {blockSize}, the block of {Name(type)}.", nameof(rowLength));
    }

    /// <summary>The name as llama.cpp's programs write it, for example <c>Q4_K</c> or <c>IQ4_NL</c>.</summary>
    /// <param name="type">The type.</param>
    /// <returns>The name in upper case.</returns>
    public static string Name(GgmlType type) => type.ToString();

    private static (int BlockSize, int ByteCount) Known(GgmlType type)
    {
        (int BlockSize, int ByteCount) layout = Layout(type);
        return layout.BlockSize > 0 ? layout : throw new ArgumentOutOfRangeException(nameof(type), type, "Not a ggml type.");
    }

    private static (int BlockSize, int ByteCount) Layout(GgmlType type) => type switch
    {
        GgmlType.F32 => (1, 4),
        GgmlType.F16 => (1, 2),
        GgmlType.BF16 => (1, 2),
        GgmlType.F64 => (1, 8),
        GgmlType.I8 => (1, 1),
        GgmlType.I16 => (1, 2),
        GgmlType.I32 => (1, 4),
        GgmlType.I64 => (1, 8),
        GgmlType.Q4_0 => (32, 18),
        GgmlType.Q4_1 => (32, 20),
        GgmlType.Q5_0 => (32, 22),
        GgmlType.Q5_1 => (32, 24),
        GgmlType.Q8_0 => (32, 34),
        GgmlType.Q8_1 => (32, 36),
        GgmlType.Q2_K => (256, 84),
        GgmlType.Q3_K => (256, 110),
        GgmlType.Q4_K => (256, 144),
        GgmlType.Q5_K => (256, 176),
        GgmlType.Q6_K => (256, 210),
        GgmlType.Q8_K => (256, 292),
        GgmlType.IQ2_XXS => (256, 66),
        GgmlType.IQ2_XS => (256, 74),
        GgmlType.IQ3_XXS => (256, 98),
        GgmlType.IQ1_S => (256, 50),
        GgmlType.IQ4_NL => (32, 18),
        GgmlType.IQ3_S => (256, 110),
        GgmlType.IQ2_S => (256, 82),
        GgmlType.IQ4_XS => (256, 136),
        GgmlType.IQ1_M => (256, 56),
        GgmlType.TQ1_0 => (256, 54),
        GgmlType.TQ2_0 => (256, 66),
        GgmlType.MXFP4 => (32, 17),
        GgmlType.NVFP4 => (64, 36),
        GgmlType.Q1_0 => (128, 18),
        GgmlType.Q2_0 => (64, 18),
        _ => (0, 0),
    };
}
