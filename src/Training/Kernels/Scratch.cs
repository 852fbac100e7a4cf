using System.Runtime.InteropServices;

namespace EdgeBuild.Training;

/// <summary>Memory of one thread that grows and is used again.</summary>
internal sealed unsafe class Scratch
{
    private const nuint Alignment = 64;

    [ThreadStatic]
    private static Scratch? _current;

    private float* _memory;
    private nint _capacity;
    private nint _used;

    ~Scratch() => NativeMemory.AlignedFree(_memory);

    /// <summary>Begins to use this thread's memory anew.</summary>
    /// <param name="count">The number of floats that will be taken, each <see cref="Take"/> rounded up to 16.</param>
    /// <returns>The memory.</returns>
    public static Scratch Begin(nint count)
    {
        Scratch scratch = _current ??= new Scratch();
        if (scratch._capacity < count)
        {
            NativeMemory.AlignedFree(scratch._memory);
            scratch._memory = (float*)NativeMemory.AlignedAlloc((nuint)count * sizeof(float), Alignment);
            scratch._capacity = count;
        }

        scratch._used = 0;
        return scratch;
    }

    /// <summary>Takes a part; its content is undefined.</summary>
    /// <param name="count">The number of floats.</param>
    /// <returns>The first one, aligned to a cache line.</returns>
    public float* Take(nint count)
    {
        float* start = _memory + _used;
        _used += (count + 15) & ~15;
        return _used <= _capacity ? start : throw new InvalidOperationException("More scratch memory was taken than asked for.");
    }
}
