using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Benchmarks;

/// <summary>The embedded base model in the type that a build ships by default.</summary>
internal sealed class TemporaryModel : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Makes the file.</summary>
    /// <param name="log">Receives what is being done.</param>
    /// <returns>Its path.</returns>
    public string Quantize(TextWriter log)
    {
        string source = RepositoryFolder.EmbeddedBase;
        string target = _folder.PathOf("SmolLM2-135M-Instruct.Q8_0.gguf");
        log.WriteLine("Quantizing the embedded model to Q8_0");
        ModelQuantizer.Quantize(source, target, "Q8_0", new ModelQuantizationOptions { AllowRequantize = true });
        return target;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
