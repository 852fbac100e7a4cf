using System.Collections.Concurrent;
using System.Net;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Protocol;
using NuGet.Protocol.Plugins;

namespace EdgeBuild.Worker.Distribution;

/// <summary>
/// Asks the NuGet credential providers of the user for what nuget.config does not say, as 'dotnet restore' does; never the user, since builds run where
/// nobody is. NuGet's own service for it is in no package.
/// </summary>
internal sealed class PluginCredentials : ICredentialService
{
    private readonly ConcurrentDictionary<Uri, ICredentials> _known = [];

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

        // Each package asks its feed anew and is answered 401 first, which says nothing about what is known. What is known and yet forbidden is outdated.
        bool isRetry = type == CredentialRequestType.Forbidden && _known.ContainsKey(uri);
        if (!isRetry && _known.TryGetValue(uri, out ICredentials? known))
        {
            return known;
        }

        foreach (PluginDiscoveryResult found in await PluginManager.Instance.FindAvailablePluginsAsync(cancellationToken))
        {
            (bool isCreated, PluginCreationResult? provider) = await PluginManager.Instance.TryGetSourceAgnosticPluginAsync(found, OperationClaim.Authentication, cancellationToken);
            if (!isCreated || provider is null)
            {
                continue;
            }

            if (provider is not { Plugin: { } plugin, Claims: { } claims, PluginMulticlientUtilities: { } lifetime })
            {
                throw new InvalidOperationException(provider.Message, provider.Exception);
            }

            if (claims.Contains(OperationClaim.Authentication) && await AskAsync(plugin.Connection, lifetime, uri, isRetry, cancellationToken) is { } credentials)
            {
                return _known[uri] = credentials;
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

    private static async Task<ICredentials?> AskAsync(IConnection connection, IPluginMulticlientUtilities lifetime, Uri uri, bool isRetry, CancellationToken cancellationToken)
    {
        // Providers log through the connection, and end when nobody takes that.
        connection.MessageDispatcher.RequestHandlers.TryAdd(MessageMethod.Log, new LogRequestHandler(NullLogger.Instance));
        await lifetime.DoOncePerPluginLifetimeAsync(
            nameof(MessageMethod.SetLogLevel),
            () => connection.SendRequestAndReceiveResponseAsync<SetLogLevelRequest, SetLogLevelResponse>(MessageMethod.SetLogLevel, new SetLogLevelRequest(LogLevel.Error), cancellationToken),
            cancellationToken);
        GetAuthenticationCredentialsResponse? response = await connection.SendRequestAndReceiveResponseAsync<GetAuthenticationCredentialsRequest, GetAuthenticationCredentialsResponse>(
            MessageMethod.GetAuthenticationCredentials, new GetAuthenticationCredentialsRequest(uri, isRetry, isNonInteractive: true, canShowDialog: false), cancellationToken);
        return response is { ResponseCode: MessageResponseCode.Success }
            ? new AuthTypeFilteredCredentials(new NetworkCredential(response.Username, response.Password), response.AuthenticationTypes ?? [])
            : null;
    }
}
