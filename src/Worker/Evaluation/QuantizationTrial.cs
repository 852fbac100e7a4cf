namespace EdgeBuild.Worker.Evaluation;

/// <summary>A type that an automatic quantization has tried.</summary>
/// <param name="Quantization">The type's name.</param>
/// <param name="Bytes">The size of the tensors.</param>
/// <param name="Loss">How much the worst output lost against the unquantized model, as a share of the validation rows; null when a smaller type was good enough.</param>
public sealed record QuantizationTrial(string Quantization, long Bytes, double? Loss);
