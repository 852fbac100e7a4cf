using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Benchmarks;

/// <summary>llama.cpp's own grammar sampler, which EdgeBuild does not use: the reference of records.</summary>
internal sealed unsafe partial class GrammarSampler : IDisposable
{
    private const string Library = "llama";

    private readonly bool _rejects;
    private readonly TokenData[] _candidates;
    private readonly nint _sampler;

    static GrammarSampler() => NativeLibrary.SetDllImportResolver(typeof(GrammarSampler).Assembly, NativeLibraries.Resolve);

    /// <summary>Initializes a new instance of the <see cref="GrammarSampler"/> class.</summary>
    /// <param name="model">The model.</param>
    /// <param name="grammar">The grammar in GBNF.</param>
    /// <param name="rejects">Whether the most probable token is tried before all are looked at.</param>
    public GrammarSampler(LlamaModel model, string grammar, bool rejects)
    {
        _rejects = rejects;
        _candidates = new TokenData[model.Vocabulary.Count];
        _sampler = llama_sampler_init_grammar(llama_model_get_vocab(model.Handle.DangerousGetHandle()), grammar, "root");
        if (_sampler == 0)
        {
            throw new ArgumentException($"llama.cpp does not read the grammar: {grammar}", nameof(grammar));
        }
    }

    /// <summary>Begins a new text.</summary>
    public void Restart() => llama_sampler_reset(_sampler);

    /// <summary>Chooses the most probable token that the grammar allows.</summary>
    /// <param name="logits">The logits.</param>
    /// <returns>The token.</returns>
    public int Choose(ReadOnlySpan<float> logits)
    {
        int token = TensorPrimitives.IndexOfMax(logits);
        if (!_rejects || !Allows(token))
        {
            token = ChooseOfAll(logits);
        }

        llama_sampler_accept(_sampler, token);
        return token;
    }

    /// <inheritdoc/>
    public void Dispose() => llama_sampler_free(_sampler);

    private bool Allows(int token)
    {
        var candidate = new TokenData { Id = token };
        var array = new TokenDataArray { Data = &candidate, Size = 1, Selected = -1 };
        llama_sampler_apply(_sampler, ref array);
        return !float.IsNegativeInfinity(candidate.Logit);
    }

    private int ChooseOfAll(ReadOnlySpan<float> logits)
    {
        for (int token = 0; token < logits.Length; token++)
        {
            _candidates[token] = new TokenData { Id = token, Logit = logits[token] };
        }

        fixed (TokenData* data = _candidates)
        {
            var array = new TokenDataArray { Data = data, Size = (nuint)_candidates.Length, Selected = -1 };
            llama_sampler_apply(_sampler, ref array);
            int best = 0;
            for (int i = 1; i < (int)array.Size; i++)
            {
                best = array.Data[i].Logit > array.Data[best].Logit ? i : best;
            }

            return array.Data[best].Id;
        }
    }

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint llama_model_get_vocab(nint model);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial nint llama_sampler_init_grammar(nint vocabulary, string grammar, string root);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void llama_sampler_apply(nint sampler, ref TokenDataArray candidates);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void llama_sampler_accept(nint sampler, int token);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void llama_sampler_reset(nint sampler);

    [LibraryImport(Library)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    private static partial void llama_sampler_free(nint sampler);

    [StructLayout(LayoutKind.Sequential)]
    private struct TokenData
    {
        public int Id;
        public float Logit;
        public float Probability;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TokenDataArray
    {
        public TokenData* Data;
        public nuint Size;
        public long Selected;
        public byte Sorted;
    }
}
