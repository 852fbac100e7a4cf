namespace EdgeBuild.LlamaCpp;

/// <summary>When the fused attention kernel is used, <c>llama_flash_attn_type</c> of llama.h.</summary>
public enum LlamaFlashAttention
{
    /// <summary>When the back end has it.</summary>
    Automatic = -1,

    /// <summary>Never.</summary>
    Disabled = 0,

    /// <summary>Always.</summary>
    Enabled = 1,
}
