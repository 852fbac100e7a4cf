namespace EdgeBuild.LlamaCpp;

/// <summary>How the weights come into memory, <c>llama_load_mode</c> of llama.h.</summary>
public enum LlamaLoadMode
{
    /// <summary>llama.cpp decides; for files on the CPU it maps.</summary>
    Automatic = -1,

    /// <summary>Read into memory: the smallest footprint when weights are repacked.</summary>
    Read = 0,

    /// <summary>Map the file: pages are shared between processes.</summary>
    Map = 1,
}
