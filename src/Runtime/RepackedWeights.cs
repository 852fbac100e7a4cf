using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>
/// Tells whether llama.cpp copies a model's weights into another layout when it loads them (ggml/src/ggml-cpu/repack.cpp). The
/// mapped file would then stay in memory beside the copy, so that such a file is read instead of mapped.
/// </summary>
internal static class RepackedWeights
{
    // Below this part of the file a second copy costs less than what mapping saves.
    private const double SmallestShare = 0.25;

    /// <summary>Tells whether a file's weights are copied on this machine.</summary>
    /// <param name="file">The model file.</param>
    /// <returns>True when the file should be read instead of mapped.</returns>
    public static bool AreMostOf(GgufFile file)
    {
        long repacked = 0;
        long total = 0;
        foreach (GgufTensor tensor in file.Tensors)
        {
            total += tensor.ByteCount;
            repacked += tensor.Shape.Count >= 2 && tensor.RowCount % 8 == 0 && IsRepacked(tensor.Type) ? tensor.ByteCount : 0;
        }

        return repacked > total * SmallestShare;
    }

    private static bool IsRepacked(GgmlType type) => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => Avx2.IsSupported
            && (type is GgmlType.Q4_0 or GgmlType.Q4_K or GgmlType.IQ4_NL or GgmlType.MXFP4
                || (type is GgmlType.Q2_K && Avx512F.IsSupported)),
        Architecture.Arm64 => type is GgmlType.Q4_0 or GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K or GgmlType.Q8_0 or GgmlType.IQ4_NL,
        _ => false,
    };
}
