namespace EdgeBuild.Runtime;

/// <summary>What every generated client can do beside its calls.</summary>
public interface IEdgeClient : IDisposable
{
    /// <summary>Waits until the next call is as fast as later ones.</summary>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>A task that ends when the client is warm.</returns>
    Task WarmUpAsync(CancellationToken cancellationToken = default);
}
