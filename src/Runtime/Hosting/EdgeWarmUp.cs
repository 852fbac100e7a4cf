using Microsoft.Extensions.Hosting;

namespace EdgeBuild.Runtime.Hosting;

/// <summary>Opens the models of all clients when the app starts, so that what is missing is told then, and makes their first calls fast.</summary>
/// <param name="clients">The clients.</param>
/// <param name="services">Where they are.</param>
internal sealed class EdgeWarmUp(IEnumerable<EdgeClientRegistration> clients, IServiceProvider services) : IHostedService
{
    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (EdgeClientRegistration client in clients)
        {
            await client.Open(services).WarmUpAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
