using EdgeBuild.Training;

namespace EdgeBuild.Benchmarks;

/// <summary>One training step that is measured: a model, a number format, and how its base is held.</summary>
/// <param name="Model">The name of a shape, or the path of a GGUF file.</param>
/// <param name="Type">The number format.</param>
/// <param name="KeepQuantized">Whether blocks stay quantized and are converted for each use.</param>
internal sealed record TrainCase(string Model, ComputeType Type, bool KeepQuantized = false)
{
    private const string QuantizedWord = "quantized";

    /// <summary>Gets the name in tables.</summary>
    public string Name => $"{Path.GetFileNameWithoutExtension(Model) switch { "" => Model, var file when File.Exists(Model) => file, _ => Model }} {TypeName}{(KeepQuantized ? $", base kept {QuantizedWord}" : string.Empty)}";

    /// <summary>Gets the name of the number format.</summary>
    public string TypeName => Type == ComputeType.BFloat16 ? "bf16" : "fp32";

    /// <summary>Gets the arguments of <see cref="TrainStepBenchmark"/>.</summary>
    public string[] Arguments => KeepQuantized ? [Model, TypeName, QuantizedWord] : [Model, TypeName];

    /// <summary>Reads arguments.</summary>
    /// <param name="arguments">A shape or path; then optionally fp32 or bf16, and <c>quantized</c>.</param>
    /// <returns>The case.</returns>
    public static TrainCase Parse(IReadOnlyList<string> arguments) => new(
        arguments.Count > 0 ? arguments[0] : RepositoryFolder.EmbeddedBase,
        arguments.Contains("bf16") ? ComputeType.BFloat16 : ComputeType.Float32,
        arguments.Contains(QuantizedWord));
}
