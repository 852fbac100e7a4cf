namespace EdgeBuild.Training;

/// <summary>One linear layer of the base model.</summary>
/// <param name="TensorName">Its tensor in GGUF files, <c>.weight</c> included.</param>
/// <param name="ModulePath">Its module in Hugging Face files, for example <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="InputLength">The width of its input.</param>
/// <param name="OutputLength">The width of its output.</param>
/// <param name="RotatedHeadCount">The number of heads when its rows are rotated (q and k), else 0.</param>
internal sealed record LinearPart(string TensorName, string ModulePath, int InputLength, int OutputLength, int RotatedHeadCount)
{
    /// <summary>Gets the last part of <see cref="ModulePath"/>, for example <c>q_proj</c>.</summary>
    public string ModuleName => ModulePath[(ModulePath.LastIndexOf('.') + 1)..];
}
