namespace EdgeBuild.Benchmarks;

/// <summary>What a training of an <see cref="IntentTask"/> gave.</summary>
/// <param name="ModelPath">The quantized file.</param>
/// <param name="Time">The time of the adapter stage.</param>
/// <param name="Origin">Where the adapter came from.</param>
internal sealed record IntentResult(string ModelPath, TimeSpan Time, string Origin);
