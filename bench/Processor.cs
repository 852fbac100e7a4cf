using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace EdgeBuild.Benchmarks;

/// <summary>The processor that figures are measured on.</summary>
internal static class Processor
{
    /// <summary>Gets the name that the processor gives itself, with the number of cores that this process may use.</summary>
    public static string Name => $"{ReadName()}, {Environment.ProcessorCount} logical cores";

    /// <summary>Gets those of AVX2, AVX-512, bf16 and AMX that the processor has.</summary>
    public static IReadOnlyList<string> Features
    {
        get
        {
            // Intel SDM volume 2A, CPUID leaf 7: sub-leaf 1 EAX bit 5 is AVX512_BF16, sub-leaf 0 EDX bits 22 and 24 are AMX-BF16 and AMX-TILE.
            int bf16 = X86Base.IsSupported ? X86Base.CpuId(7, 1).Eax : 0;
            int amx = X86Base.IsSupported ? X86Base.CpuId(7, 0).Edx : 0;
            (string Name, bool Present)[] features =
            [
                ("AVX2", Avx2.IsSupported),
                ("AVX-512", Avx512F.IsSupported),
                ("bf16", (bf16 & (1 << 5)) != 0),
                ("AMX", (amx & (1 << 22)) != 0 && (amx & (1 << 24)) != 0),
            ];
            return [.. features.Where(feature => feature.Present).Select(feature => feature.Name)];
        }
    }

    private static string ReadName()
    {
        const int firstNameLeaf = unchecked((int)0x80000002);
        if (!X86Base.IsSupported || (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < unchecked((uint)firstNameLeaf) + 2)
        {
            return RuntimeInformation.ProcessArchitecture.ToString();
        }

        // The name stands in 48 bytes of three leaves, padded with spaces and ended by zero.
        var registers = new int[12];
        for (int leaf = 0; leaf < 3; leaf++)
        {
            (registers[leaf * 4], registers[(leaf * 4) + 1], registers[(leaf * 4) + 2], registers[(leaf * 4) + 3]) = X86Base.CpuId(firstNameLeaf + leaf, 0);
        }

        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>(registers)).TrimEnd('\0').Trim();
    }
}
