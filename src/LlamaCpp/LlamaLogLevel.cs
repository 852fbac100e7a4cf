namespace EdgeBuild.LlamaCpp;

/// <summary>The levels of <c>ggml_log_level</c> (ggml.h).</summary>
public enum LlamaLogLevel
{
    /// <summary>Text without a level.</summary>
    None = 0,

    /// <summary>Detail for the developers of llama.cpp.</summary>
    Debug = 1,

    /// <summary>What is being done.</summary>
    Information = 2,

    /// <summary>Something is not as asked for.</summary>
    Warning = 3,

    /// <summary>Something failed.</summary>
    Error = 4,
}
