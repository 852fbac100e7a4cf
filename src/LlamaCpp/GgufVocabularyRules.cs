using System.Globalization;

namespace EdgeBuild.LlamaCpp;

/// <summary>The rules for vocabularies: what src/llama-vocab.cpp of llama.cpp asserts, or throws where nothing catches it, is refused here.</summary>
internal static class GgufVocabularyRules
{
    private static readonly string[] _specialTokens =
    [
        "bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "mask", "prefix", "suffix", "middle", "fim_pre", "fim_suf", "fim_mid",
        "fim_pad", "fim_rep", "fim_sep",
    ];

    public static void Check(GgufHeader header, bool isRequired)
    {
        if (isRequired && header.Text("tokenizer.ggml.model") is not ("gpt2" or "llama"))
        {
            throw new GgufFormatException("'tokenizer.ggml.model' is neither 'gpt2' nor 'llama'");
        }

        if (!header.Values.TryGetValue("tokenizer.ggml.tokens", out GgufHeaderValue? tokens))
        {
            if (isRequired)
            {
                throw new GgufFormatException("it has no vocabulary ('tokenizer.ggml.tokens')");
            }

            return;
        }

        if (tokens.ArrayType != GgufValueType.String || tokens.ArrayLength == 0)
        {
            throw new GgufFormatException("'tokenizer.ggml.tokens' is not an array of texts");
        }

        if (header.Tensors.TryGetValue("token_embd.weight", out GgufHeaderTensor? embedding) && embedding.Shape[1] != tokens.ArrayLength)
        {
            throw new GgufFormatException($"the vocabulary has {tokens.ArrayLength} tokens and the embedding {embedding.Shape[1]} rows");
        }

        CheckArray(header, "tokenizer.ggml.scores", GgufValueType.Float32, tokens.ArrayLength);
        CheckArray(header, "tokenizer.ggml.token_type", GgufValueType.Int32, tokens.ArrayLength);
        if (header.Values.TryGetValue("tokenizer.ggml.merges", out GgufHeaderValue? merges) && merges.ArrayType != GgufValueType.String)
        {
            throw new GgufFormatException("'tokenizer.ggml.merges' is not an array of texts");
        }

        CheckSpecialTokens(header, tokens.ArrayLength);
        CheckTexts(header, tokens.Texts);
    }

    private static void CheckArray(GgufHeader header, string key, GgufValueType type, long length)
    {
        if (header.Values.TryGetValue(key, out GgufHeaderValue? value) && (value.ArrayType != type || value.ArrayLength != length))
        {
            throw new GgufFormatException($"'{key}' is not an array with one value for each token");
        }
    }

    private static void CheckSpecialTokens(GgufHeader header, long count)
    {
        foreach (string name in _specialTokens)
        {
            string key = $"tokenizer.ggml.{name}_token_id";

            // The largest unsigned number stands for "none" in files of some converters.
            if (header.Integer(key) is { } id && id != uint.MaxValue && (id < -1 || id >= count))
            {
                throw new GgufFormatException($"'{key}' is {id}, beyond the vocabulary");
            }
        }
    }

    private static void CheckTexts(GgufHeader header, IReadOnlyList<string> texts)
    {
        var unique = new HashSet<string>(texts.Count, StringComparer.Ordinal);
        for (int index = 0; index < texts.Count; index++)
        {
            // The loader names empty tokens like this.
            string text = texts[index].Length > 0 ? texts[index] : string.Create(CultureInfo.InvariantCulture, $"[EMPTY_{index}]");
            if (!unique.Add(text))
            {
                throw new GgufFormatException(string.Create(CultureInfo.InvariantCulture, $"the token {index} is in the vocabulary twice"));
            }
        }

        if (header.Text("tokenizer.ggml.model") != "llama")
        {
            return;
        }

        // A character that is no token is written as its bytes; a byte without a token ends the process while a text is tokenized.
        for (int value = 0; value < 256; value++)
        {
            if (!unique.Contains(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>")) && !unique.Contains(((char)value).ToString()))
            {
                throw new GgufFormatException(string.Create(CultureInfo.InvariantCulture, $"the vocabulary has no token for the byte {value}"));
            }
        }
    }
}
