using System.Runtime.InteropServices;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary><c>llama_batch</c> of llama.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LlamaBatchStruct
{
    public int TokenCount;
    public int* Tokens;
    public float* Embeddings;
    public int* Positions;
    public int* SequenceCounts;
    public int** Sequences;
    public sbyte* Logits;
}
