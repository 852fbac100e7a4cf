using System.Collections.Concurrent;
using System.Net;
using NuGet.Configuration;
using NuGet.Protocol;
using NuGet.Protocol.Plugins;

namespace EdgeBuild.Worker.Distribution;

/// <summary>
/// Asks the NuGet credential providers of the user for what nuget.config does not say, as 'dotnet restore' does; never the user, since builds run where
/// nobody is.
/// </summary>
internal sealed class PluginCredentials : ICredentialService
{
    private readonly ConcurrentDictionary<Uri, ICredentials> _known = [];
    private readonly ConcurrentDictionary<Uri, bool> _asked = [];

    /// <inheritdoc/>
    public bool HandlesDefaultCredentials => false;

    /// <summary>Has all feeds of this process use the providers. They are looked for and started when a feed refuses an answer, not before.</summary>
    public static void Use() => HttpHandlerResourceV3.CredentialService = new Lazy<ICredentialService>(() => new PluginCredentials());

    /// <inheritdoc/>
    public async Task<ICredentials?> GetCredentialsAsync(Uri uri, IWebProxy? proxy, CredentialRequestType type, string message, CancellationToken cancellationToken)
    {
        if (type == CredentialRequestType.Proxy)
        {
            return null;
        }

        // A second question for one feed means that the first answer was refused; a provider then forgets what it has stored.
        bool isRetry = !_asked.TryAdd(uri, true);
        var request = new GetAuthenticationCredentialsRequest(uri, isRetry, isNonInteractive: true, canShowDialog: false);
        foreach (PluginDiscoveryResult found in await PluginManager.Instance.FindAvailablePluginsAsync(cancellationToken))
        {
            if (await PluginManager.Instance.TryGetSourceAgnosticPluginAsync(found, OperationClaim.Authentication, cancellationToken) is { Item1: true, Item2.Plugin: { } plugin }
                && await plugin.Connection.SendRequestAndReceiveResponseAsync<GetAuthenticationCredentialsRequest, GetAuthenticationCredentialsResponse>(
                    MessageMethod.GetAuthenticationCredentials, request, cancellationToken) is { ResponseCode: MessageResponseCode.Success } response)
            {
                return _known[uri] = Credentials(uri, response);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public bool TryGetLastKnownGoodCredentialsFromCache(Uri uri, bool isProxy, out ICredentials? credentials)
    {
        credentials = null;
        return !isProxy && _known.TryGetValue(uri, out credentials);
    }

    private static ICredentials Credentials(Uri uri, GetAuthenticationCredentialsResponse response)
    {
        var credential = new NetworkCredential(response.Username, response.Password);
        if (response.AuthenticationTypes is not { Count: > 0 } types)
        {
            return credential;
        }

        // The provider says in which ways its answer may be sent; the password of one must not go out in another.
        var allowed = new CredentialCache();
        foreach (string type in types.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            allowed.Add(new Uri(uri.GetLeftPart(UriPartial.Authority)), type, credential);
        }

        return allowed;
    }
}
