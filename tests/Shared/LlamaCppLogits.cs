using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Tests;

/// <summary>What llama.cpp computes for a text, with nothing rounded on the way but what its matrix products round.</summary>
internal static class LlamaCppLogits
{
    /// <summary>The logits after every token, row after row.</summary>
    public static float[] Of(string path, int[] tokens, string? adapterPath = null)
    {
        using LlamaModel model = LlamaModel.Load(path);
        using LlamaAdapter? adapter = adapterPath is null ? null : LlamaAdapter.Load(model, adapterPath);
        using LlamaContext context = model.CreateContext(new LlamaContextOptions
        {
            ContextLength = 256,
            BatchSize = 256,
            KeyType = GgmlType.F32,
            ValueType = GgmlType.F32,
            FlashAttention = LlamaFlashAttention.Disabled,
            ThreadCount = 1,
            BatchThreadCount = 1,
        });
        if (adapter is not null)
        {
            context.SetAdapter(adapter);
        }

        return Of(context, tokens);
    }

    /// <summary>The logits after every token of a text that a context has not seen yet, row after row.</summary>
    public static float[] Of(LlamaContext context, ReadOnlySpan<int> tokens)
    {
        var batch = new LlamaBatch(8);
        for (int index = 0; index < tokens.Length; index++)
        {
            batch.Add(tokens[index], index, 0, wantLogits: true);
        }

        context.Decode(batch);
        var logits = new List<float>();
        for (int index = 0; index < tokens.Length; index++)
        {
            logits.AddRange(context.GetLogits(index));
        }

        return [.. logits];
    }
}
