namespace EdgeBuild.LlamaCpp;

/// <summary>
/// The one rule for models with two sets of rotary factors (Phi's longrope). llama.cpp takes the long set exactly when the context of a sequence is
/// longer than the original one, however short the text is (<c>get_rope_factors</c> of src/llama-model.cpp), and a context whose sequences share their
/// cells counts whole. An adapter that was trained with one set sees other positions under the other. So the trainer computes with the short set,
/// and no context may ever be longer than <see cref="ContextLimit(GgufFile)"/>, however many callers or rows share it.
/// </summary>
public static class LongRope
{
    private const string ShortFactors = "rope_factors_short.weight";
    private const string LongFactors = "rope_factors_long.weight";
    private const string FixedFactors = "rope_freqs.weight";
    private const string OriginalLengthKey = ".rope.scaling.original_context_length";

    /// <summary>llama.cpp rounds the length of a context up to a multiple of this.</summary>
    private const int ContextGranularity = 256;

    /// <summary>The longest context in which a model has the rotary factors that it is trained with.</summary>
    /// <param name="file">The model.</param>
    /// <returns>The number of tokens of all sequences together, or null when the factors do not depend on it.</returns>
    public static int? ContextLimit(GgufFile file) => OriginalLength(file) is { } original && original > 0 ? original : null;

    /// <summary>As <see cref="ContextLimit(GgufFile)"/>, for a loaded model. The file is read again only when its metadata speak of an original length.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The number of tokens of all sequences together, or null when the factors do not depend on it.</returns>
    internal static int? ContextLimit(LlamaModel model)
    {
        string? architecture = model.GetMetadata("general.architecture");
        if (architecture != "phi3" && model.GetMetadata(architecture + OriginalLengthKey) is null)
        {
            return null;
        }

        using GgufFile file = GgufFile.Open(model.Path, validate: false);
        return ContextLimit(file);
    }

    /// <summary>The rotary factors that a model is trained with.</summary>
    /// <param name="file">The model.</param>
    /// <returns>The tensor with the divisor of each frequency, or null when there is none.</returns>
    public static GgufTensor? Factors(GgufFile file) =>
        file.FindTensor(FixedFactors) ?? file.FindTensor(OriginalLength(file) == 0 ? LongFactors : ShortFactors);

    /// <summary>The original length rounded down to a possible length of a context; 0 when every context is longer; null without two sets.</summary>
    private static int? OriginalLength(GgufFile file)
    {
        if (file.FindTensor(FixedFactors) is not null || (file.FindTensor(ShortFactors) is null && file.FindTensor(LongFactors) is null))
        {
            return null;
        }

        long? original = file.GetInteger(file.Architecture + OriginalLengthKey) ?? file.GetInteger($"{file.Architecture}.context_length");
        return original is { } length ? (int)Math.Min(int.MaxValue, length) / ContextGranularity * ContextGranularity : null;
    }
}
