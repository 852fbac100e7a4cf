using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>The tokens of one <see cref="LlamaContext.Decode"/>. It grows as needed and is meant to be cleared and filled again.</summary>
public sealed unsafe class LlamaBatch
{
    private int _maxSequencesPerToken = 1;

    // Arrays on the pinned heap: native code reads them during a decode, without a pin for each call.
    private int[] _tokens;
    private int[] _positions;
    private int[] _sequenceCounts;
    private int[] _sequences;
    private nint[] _sequencePointers;
    private sbyte[] _logits;

    /// <summary>Initializes a new instance of the <see cref="LlamaBatch"/> class.</summary>
    /// <param name="capacity">The tokens to make room for at first.</param>
    public LlamaBatch(int capacity = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _tokens = Pinned<int>(capacity);
        _positions = Pinned<int>(capacity);
        _sequenceCounts = Pinned<int>(capacity);
        _sequences = Pinned<int>(capacity);
        _sequencePointers = Pinned<nint>(capacity);
        _logits = Pinned<sbyte>(capacity);
    }

    /// <summary>Gets the number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the number of tokens that give logits.</summary>
    public int OutputCount { get; private set; }

    /// <summary>Gets the largest sequence id of the batch, or -1.</summary>
    internal int LargestSequence { get; private set; } = -1;

    /// <summary>Adds a token to one sequence.</summary>
    /// <param name="token">The token id.</param>
    /// <param name="position">Its position, one more than that of the token before it.</param>
    /// <param name="sequence">The sequence id.</param>
    /// <param name="wantLogits">Whether the logits after this token are wanted.</param>
    /// <returns>The index of the token, to be given to <see cref="LlamaContext.GetLogits"/>.</returns>
    public int Add(int token, int position, int sequence, bool wantLogits = false) => Add(token, position, [sequence], wantLogits);

    /// <summary>Adds a token that several sequences share.</summary>
    /// <param name="token">The token id.</param>
    /// <param name="position">Its position.</param>
    /// <param name="sequences">The sequence ids, at least one.</param>
    /// <param name="wantLogits">Whether the logits after this token are wanted.</param>
    /// <returns>The index of the token, to be given to <see cref="LlamaContext.GetLogits"/>.</returns>
    public int Add(int token, int position, ReadOnlySpan<int> sequences, bool wantLogits = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (sequences.IsEmpty)
        {
            throw new ArgumentException("A token belongs to one sequence at least.", nameof(sequences));
        }

        Reserve(Count + 1, sequences.Length);
        int index = Count++;
        _tokens[index] = token;
        _positions[index] = position;
        _sequenceCounts[index] = sequences.Length;
        sequences.CopyTo(_sequences.AsSpan(index * _maxSequencesPerToken));
        _logits[index] = wantLogits ? (sbyte)1 : (sbyte)0;
        OutputCount += wantLogits ? 1 : 0;
        foreach (int sequence in sequences)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(sequence, nameof(sequences));
            LargestSequence = Math.Max(LargestSequence, sequence);
        }

        return index;
    }

    /// <summary>Counts the outputs before a token.</summary>
    /// <param name="index">The index of a token that wants logits.</param>
    /// <returns>Its number among the tokens that give logits.</returns>
    internal int OutputNumber(int index)
    {
        if ((uint)index >= (uint)Count || _logits[index] == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, "This token of the batch gives no output.");
        }

        int number = 0;
        for (int before = 0; before < index; before++)
        {
            number += _logits[before];
        }

        return number;
    }

    /// <summary>Adds tokens that follow each other.</summary>
    /// <param name="tokens">The token ids.</param>
    /// <param name="firstPosition">The position of the first.</param>
    /// <param name="sequence">The sequence id.</param>
    /// <param name="wantLastLogits">Whether the logits after the last token are wanted.</param>
    /// <returns>The index of the last token, or -1 when there are none.</returns>
    public int Add(ReadOnlySpan<int> tokens, int firstPosition, int sequence, bool wantLastLogits = false)
    {
        int last = -1;
        for (int index = 0; index < tokens.Length; index++)
        {
            last = Add(tokens[index], firstPosition + index, sequence, wantLastLogits && index == tokens.Length - 1);
        }

        return last;
    }

    /// <summary>Removes all tokens and keeps the memory.</summary>
    public void Clear()
    {
        Count = 0;
        OutputCount = 0;
        LargestSequence = -1;
    }

    internal LlamaBatchStruct ToNative()
    {
        int* sequences = Address(_sequences);
        for (int index = 0; index < Count; index++)
        {
            _sequencePointers[index] = (nint)(sequences + (index * _maxSequencesPerToken));
        }

        return new LlamaBatchStruct
        {
            TokenCount = Count,
            Tokens = Address(_tokens),
            Positions = Address(_positions),
            SequenceCounts = Address(_sequenceCounts),
            Sequences = (int**)Address(_sequencePointers),
            Logits = Address(_logits),
        };
    }

    private static T[] Pinned<T>(int length)
        where T : unmanaged => GC.AllocateArray<T>(length, pinned: true);

    private static T* Address<T>(T[] array)
        where T : unmanaged => (T*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref array[0]);

    private static void Grow<T>(ref T[] array, int length)
        where T : unmanaged
    {
        T[] larger = Pinned<T>(length);
        array.CopyTo(larger, 0);
        array = larger;
    }

    private void Reserve(int count, int sequencesPerToken)
    {
        if (count > _tokens.Length)
        {
            int capacity = Math.Max(count, _tokens.Length * 2);
            Grow(ref _tokens, capacity);
            Grow(ref _positions, capacity);
            Grow(ref _sequenceCounts, capacity);
            Grow(ref _sequencePointers, capacity);
            Grow(ref _logits, capacity);
            Grow(ref _sequences, capacity * _maxSequencesPerToken);
        }

        if (sequencesPerToken > _maxSequencesPerToken)
        {
            int[] wider = Pinned<int>(_tokens.Length * sequencesPerToken);
            for (int index = 0; index < Count; index++)
            {
                _sequences.AsSpan(index * _maxSequencesPerToken, _maxSequencesPerToken).CopyTo(wider.AsSpan(index * sequencesPerToken));
            }

            _sequences = wider;
            _maxSequencesPerToken = sequencesPerToken;
        }
    }
}
