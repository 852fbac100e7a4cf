using System.Buffers;
using System.Text;
using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>The vocabulary of a <see cref="LlamaModel"/>; valid as long as the model. Its members may be used from any thread.</summary>
public sealed unsafe class LlamaVocabulary
{
    private readonly LlamaModelHandle _model;
    private readonly nint _vocabulary;
    private readonly bool _canAddSpecial;

    internal LlamaVocabulary(LlamaModelHandle model)
    {
        _model = model;
        _vocabulary = LlamaNative.llama_model_get_vocab(model);
        Count = LlamaNative.llama_vocab_n_tokens(_vocabulary);
        BeginningOfSequence = Optional(LlamaNative.llama_vocab_bos(_vocabulary));
        EndOfSequence = Optional(LlamaNative.llama_vocab_eos(_vocabulary));
        EndOfTurn = Optional(LlamaNative.llama_vocab_eot(_vocabulary));
        bool addsEnd = LlamaNative.llama_vocab_get_add_eos(_vocabulary);
        AddsBeginningOfSequence = LlamaNative.llama_vocab_get_add_bos(_vocabulary);

        // llama.cpp asserts that a token it is to add exists.
        _canAddSpecial = (!AddsBeginningOfSequence || BeginningOfSequence is not null) && (!addsEnd || EndOfSequence is not null);
    }

    /// <summary>Gets the number of tokens.</summary>
    public int Count { get; }

    /// <summary>Gets the token at the start of a text, or null.</summary>
    public int? BeginningOfSequence { get; }

    /// <summary>Gets the token at the end of a text, or null.</summary>
    public int? EndOfSequence { get; }

    /// <summary>Gets the token at the end of a chat message, or null.</summary>
    public int? EndOfTurn { get; }

    /// <summary>Gets a value indicating whether the model expects <see cref="BeginningOfSequence"/> at the start.</summary>
    public bool AddsBeginningOfSequence { get; }

    /// <summary>Splits a text into tokens.</summary>
    /// <param name="text">The text; lone surrogates become replacement characters.</param>
    /// <param name="addSpecial">Whether the tokens that the model expects around a text are added.</param>
    /// <param name="parseSpecial">Whether texts of control tokens become those tokens; never true for text of users.</param>
    /// <returns>The token ids.</returns>
    public int[] Tokenize(ReadOnlySpan<char> text, bool addSpecial = false, bool parseSpecial = false)
    {
        byte[] utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            int length = Encoding.UTF8.GetBytes(text, utf8);
            return Tokenize(utf8.AsSpan(0, length), addSpecial, parseSpecial);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    /// <summary>The bytes that a token stands for. Tokens may hold parts of a character, so bytes are joined before they are decoded.</summary>
    /// <param name="token">The token id.</param>
    /// <param name="special">Whether control tokens give their text; otherwise they give nothing.</param>
    /// <returns>UTF-8 bytes.</returns>
    public byte[] GetBytes(int token, bool special = false)
    {
        Check(token);
        byte* buffer = stackalloc byte[128];
        int length = LlamaNative.llama_token_to_piece(_vocabulary, token, buffer, 128, 0, special);
        if (length >= 0)
        {
            GC.KeepAlive(_model);
            return new ReadOnlySpan<byte>(buffer, length).ToArray();
        }

        byte[] large = new byte[-length];
        fixed (byte* pointer = large)
        {
            length = LlamaNative.llama_token_to_piece(_vocabulary, token, pointer, large.Length, 0, special);
        }

        GC.KeepAlive(_model);
        return large[..Math.Max(0, length)];
    }

    /// <summary>The text of tokens.</summary>
    /// <param name="tokens">The token ids.</param>
    /// <param name="special">Whether control tokens give their text; otherwise they give nothing.</param>
    /// <returns>The text; bytes that are no UTF-8 become replacement characters.</returns>
    public string GetText(ReadOnlySpan<int> tokens, bool special = false)
    {
        var bytes = new ArrayBufferWriter<byte>(Math.Max(1, tokens.Length * 4));
        foreach (int token in tokens)
        {
            bytes.Write(GetBytes(token, special));
        }

        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    /// <summary>Whether a token is a control token, which text of users may never produce.</summary>
    /// <param name="token">The token id.</param>
    /// <returns>True for control tokens.</returns>
    public bool IsControl(int token)
    {
        Check(token);
        return LlamaNative.llama_vocab_is_control(_vocabulary, token);
    }

    /// <summary>Whether a token ends what the model generates.</summary>
    /// <param name="token">The token id.</param>
    /// <returns>True for end-of-turn, end-of-text and the like.</returns>
    public bool IsEndOfGeneration(int token)
    {
        Check(token);
        return LlamaNative.llama_vocab_is_eog(_vocabulary, token);
    }

    private static int? Optional(int token) => token < 0 ? null : token;

    private int[] Tokenize(ReadOnlySpan<byte> utf8, bool addSpecial, bool parseSpecial)
    {
        ObjectDisposedException.ThrowIf(_model.IsClosed, this);
        int[] tokens = ArrayPool<int>.Shared.Rent(utf8.Length + 8);
        try
        {
            fixed (byte* text = utf8)
            {
                // A zero-length span has no address, and llama.cpp builds a std::string from the pointer.
                byte empty = 0;
                byte* start = text == null ? &empty : text;
                int count = Fill(start, utf8.Length, tokens, addSpecial, parseSpecial);
                if (count < 0)
                {
                    ArrayPool<int>.Shared.Return(tokens);
                    tokens = ArrayPool<int>.Shared.Rent(count == int.MinValue ? throw new ArgumentException("The text is too long to tokenize.", nameof(utf8)) : -count);
                    count = Fill(start, utf8.Length, tokens, addSpecial, parseSpecial);
                }

                return tokens.AsSpan(0, count).ToArray();
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(tokens);
        }
    }

    private int Fill(byte* text, int length, int[] tokens, bool addSpecial, bool parseSpecial)
    {
        fixed (int* pointer = tokens)
        {
            return LlamaNative.llama_tokenize(_vocabulary, text, length, pointer, tokens.Length, addSpecial && _canAddSpecial, parseSpecial);
        }
    }

    private void Check(int token)
    {
        ObjectDisposedException.ThrowIf(_model.IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(token, Count);
    }
}
