using EdgeBuild.Contracts;
using NuGet.Common;
using NuGet.Configuration;
using NuGet.Packaging.Core;
using NuGet.Packaging.Signing;
using NuGet.Protocol;
using NuGet.Protocol.Core.Types;

namespace EdgeBuild.Worker.Distribution;

/// <summary>The user's NuGet feeds: sources, credentials, source mapping and trust of the nuget.config files that hold for a folder.</summary>
/// <param name="directory">The folder where the search for nuget.config begins.</param>
internal sealed class PackageFeeds(string directory)
{
    private const int PushTimeoutSeconds = 30 * 60;

    private readonly ISettings _settings = Load(directory);

    static PackageFeeds() => PluginCredentials.Use();

    /// <summary>Gets the folder of the restored packages.</summary>
    public string GlobalPackagesFolder => SettingsUtility.GetGlobalPackagesFolder(_settings);

    /// <summary>Downloads a package from the first feed that has it.</summary>
    /// <param name="package">Id and version.</param>
    /// <param name="source">Name, address or folder of the only feed to ask; null asks all that nuget.config allows for the id.</param>
    /// <param name="file">Where the package is written.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <returns>The name of the feed.</returns>
    /// <exception cref="EdgeBuildException">EDGE4011: no feed has it, or one fails.</exception>
    public async Task<string> DownloadAsync(PackageIdentity package, string? source, string file, CancellationToken cancellationToken)
    {
        // The large files must not go through NuGet's own cache of answers: they would lie on the disk twice.
        using var cache = new SourceCacheContext { DirectDownload = true, NoCache = true };
        PackageSource[] sources = source is null ? SourcesFor(package.Id) : [Find(source)];
        var failures = new List<string>();
        foreach (PackageSource candidate in sources)
        {
            try
            {
                FindPackageByIdResource? feed = await Repository.Factory.GetCoreV3(candidate).GetResourceAsync<FindPackageByIdResource>(cancellationToken);
                await using FileStream stream = File.Create(file);
                if (feed is not null && await feed.CopyNupkgToStreamAsync(package.Id, package.Version, stream, cache, NullLogger.Instance, cancellationToken))
                {
                    return candidate.Name;
                }
            }
            catch (Exception exception) when (exception is FatalProtocolException or HttpRequestException or InvalidOperationException)
            {
                failures.Add($"'{candidate.Name}' failed: {Reason(exception)}");
            }
        }

        string asked = sources.Length == 0 ? "nuget.config names no feed for it" : $"not found in {string.Join(", ", sources.Select(candidate => $"'{candidate.Name}'"))}";
        throw new EdgeBuildException(
            ErrorCodes.FeedFailed,
            $"The package {package.Id} {package.Version} cannot be had: {(failures.Count > 0 ? string.Join("; ", failures) : asked)}. Check nuget.config, network and credentials.");
    }

    /// <summary>Unpacks a package into the folder of the restored packages.</summary>
    /// <returns>The package's folder.</returns>
    public async Task<string> InstallAsync(PackageIdentity package, string source, string file, CancellationToken cancellationToken)
    {
        await using FileStream stream = File.OpenRead(file);
        using DownloadResourceResult installed = await GlobalPackagesFolderUtility.AddPackageAsync(
            source, package, stream, GlobalPackagesFolder, Guid.Empty, ClientPolicyContext.GetClientPolicy(_settings, NullLogger.Instance), NullLogger.Instance, cancellationToken);
        return InstallPath(package);
    }

    /// <summary>Finds a restored package.</summary>
    /// <returns>Its folder, or null.</returns>
    public string? FindInstalled(PackageIdentity package)
    {
        var resolver = new NuGet.Packaging.VersionFolderPathResolver(GlobalPackagesFolder);
        return File.Exists(resolver.GetNupkgMetadataPath(package.Id, package.Version)) ? InstallPath(package) : null;
    }

    /// <summary>Hands a package to a feed; one that is there already is left as it is.</summary>
    /// <param name="file">The package.</param>
    /// <param name="source">Name, address or folder of the feed; null for the <c>defaultPushSource</c> of nuget.config.</param>
    /// <param name="apiKey">The key, or null for that of nuget.config.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The feed's name.</returns>
    /// <exception cref="EdgeBuildException">EDGE4011.</exception>
    public async Task<string> PushAsync(string file, string? source, string? apiKey, CancellationToken cancellationToken)
    {
        string named = source ?? SettingsUtility.GetDefaultPushSource(_settings) ?? throw new EdgeBuildException(
            ErrorCodes.FeedFailed, "No feed is named. Give --source NAME, a URL or a folder, or set defaultPushSource in nuget.config.");
        PackageSource feed = Find(named);
        if (feed.IsLocal)
        {
            Directory.CreateDirectory(feed.Source);
        }

        try
        {
            PackageUpdateResource update = await Repository.Factory.GetCoreV3(feed).GetResourceAsync<PackageUpdateResource>(cancellationToken)
                ?? throw new EdgeBuildException(ErrorCodes.FeedFailed, $"The feed '{feed.Name}' takes no packages. Give another one with --source.");
            await update.PushAsync(
                [file],
                symbolSource: string.Empty,
                PushTimeoutSeconds,
                disableBuffering: true,
                getApiKey: endpoint => apiKey ?? SettingsUtility.GetDecryptedValueForAddItem(_settings, ConfigurationConstants.ApiKeys, feed.Source),
                getSymbolApiKey: _ => null,
                noServiceEndpoint: false,
                skipDuplicate: true,
                allowSnupkg: false,
                allowInsecureConnections: feed.AllowInsecureConnections,
                NullLogger.Instance).WaitAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is FatalProtocolException or HttpRequestException or InvalidOperationException or ArgumentException or IOException)
        {
            throw new EdgeBuildException(
                ErrorCodes.FeedFailed,
                $"The feed '{feed.Name}' did not take {Path.GetFileName(file)}: {Reason(exception)}. Check --source, --api-key and the credentials in nuget.config.",
                innerException: exception);
        }

        return feed.Name;
    }

    private static ISettings Load(string directory)
    {
        try
        {
            return Settings.LoadDefaultSettings(directory);
        }
        catch (NuGetConfigurationException exception)
        {
            throw new EdgeBuildException(ErrorCodes.FeedFailed, $"nuget.config cannot be read: {Reason(exception)}. Correct the file.", innerException: exception);
        }
    }

    private static string Reason(Exception exception)
    {
        string[] messages = [.. Chain(exception).Select(inner => inner.Message.ReplaceLineEndings(" ").TrimEnd('.', ' ')).Distinct(StringComparer.Ordinal)];
        return string.Join(": ", messages);
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        for (Exception? current = exception; current is not null; current = current.InnerException)
        {
            yield return current;
        }
    }

    private string InstallPath(PackageIdentity package) =>
        new NuGet.Packaging.VersionFolderPathResolver(GlobalPackagesFolder).GetInstallPath(package.Id, package.Version);

    private PackageSource[] SourcesFor(string id)
    {
        PackageSource[] enabled = [.. new PackageSourceProvider(_settings).LoadPackageSources().Where(candidate => candidate.IsEnabled)];
        var mapping = PackageSourceMapping.GetPackageSourceMapping(_settings);
        return mapping.IsEnabled
            ? [.. enabled.Where(candidate => mapping.GetConfiguredPackageSources(id).Contains(candidate.Name, StringComparer.OrdinalIgnoreCase))]
            : enabled;
    }

    /// <summary>A feed of nuget.config by its name or address, with its credentials; else the address or folder itself.</summary>
    private PackageSource Find(string source)
    {
        PackageSource[] all = [.. new PackageSourceProvider(_settings).LoadPackageSources()];
        PackageSource? known = all.FirstOrDefault(candidate =>
            string.Equals(candidate.Name, source, StringComparison.OrdinalIgnoreCase) || string.Equals(candidate.Source.TrimEnd('/'), source.TrimEnd('/'), StringComparison.Ordinal));
        if (known is not null)
        {
            return known;
        }

        if (source.Contains("://", StringComparison.Ordinal))
        {
            return new PackageSource(source, source);
        }

        // A misspelt name must not become a folder that packages vanish into.
        string folder = Path.GetFullPath(source, directory);
        return source.IndexOfAny(['/', '\\']) >= 0 || Directory.Exists(folder)
            ? new PackageSource(folder, source)
            : throw new EdgeBuildException(
                ErrorCodes.FeedFailed,
                $"nuget.config has no feed '{source}'; it has {(all.Length == 0 ? "none" : string.Join(", ", all.Select(candidate => $"'{candidate.Name}'")))}. Write a folder with a slash: ./{source}");
    }
}
