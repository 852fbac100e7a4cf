using EdgeBuild.Contracts.Locking;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>A trained adapter in the form in which it ships.</summary>
public interface IShippedArtifact
{
    /// <summary>Writes the GGUF file into a cache entry.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="rows">The rows that a quantization needs.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What was made.</returns>
    Task<QuantizationRun.Result> WriteAsync(PendingEntry entry, TrainedAdapter adapter, QuantizationRows rows, CancellationToken cancellationToken);

    /// <summary>What the runtime opens to measure the file that <see cref="WriteAsync"/> has written.</summary>
    /// <returns>The model.</returns>
    MeasuredModel Measured();

    /// <summary>Describes the file with its figures.</summary>
    /// <param name="figures">The figures.</param>
    /// <returns>The manifest.</returns>
    EdgeManifest Manifest(IReadOnlyList<OutputEvaluation> figures);

    /// <summary>Adds what pins the file to a part of the lock file.</summary>
    /// <param name="fragment">The part.</param>
    void Pin(LockFile fragment);
}
