using EdgeBuild.Runtime.Hosting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace EdgeBuild.Runtime;

/// <summary>
/// Tells whether the models of all clients of the service collection are loaded and can compute: <c>AddHealthChecks().AddCheck&lt;EdgeHealthCheck&gt;("models")</c>.
/// </summary>
/// <param name="services">Where the clients are.</param>
public sealed class EdgeHealthCheck(IServiceProvider services) : IHealthCheck
{
    /// <inheritdoc/>
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        List<string> prompts = [];
        try
        {
            foreach (EdgeClientRegistration client in services.GetServices<EdgeClientRegistration>())
            {
                // A warm client gets a turn of its model, which a broken one does not.
                await client.Open(services).WarmUpAsync(cancellationToken).ConfigureAwait(false);
                prompts.Add(client.Prompt);
            }
        }
        catch (EdgeModelException exception)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, $"{exception.Code}: {exception.Message}", exception);
        }

        return HealthCheckResult.Healthy(prompts.Count == 0 ? "No clients." : $"Ready: {string.Join(", ", prompts)}.");
    }
}
