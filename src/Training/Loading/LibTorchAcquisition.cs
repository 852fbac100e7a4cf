using System.Diagnostics;
using System.Text;
using EdgeBuild.Contracts;

namespace EdgeBuild.Training;

/// <summary>
/// Brings libtorch and its binding into the NuGet packages folder when a training needs them and they are not there. The
/// restore of a throw-away project does it, so that the user's own feeds, credentials and proxies (nuget.config) are used; what
/// arrives is compared with pinned hashes.
/// </summary>
public static class LibTorchAcquisition
{
    private const string BindingPackage = "torchsharp";

    /// <summary>NuGet tries each source three times itself; one more restore is for a feed that breaks off in the middle of the 130 MB.</summary>
    private const int Attempts = 2;

    /// <summary>SHA-512 of the package files, base64, as NuGet writes them beside an unpacked package.</summary>
    private static readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal)
    {
        [BindingPackage] = "fPXVTF5bUGX7lQqSafcP2W9n3ehuFNKCch7JYghGnEDdDyjOMxtuk0/JJWNiwI82Cw4Lmx3HN7MCoSFFRZeWig==",
        ["libtorch-cpu-linux-x64"] = "XjuaFwqqvwstyeUWyz/xtfhODesmagoPKO7T0VRmiW+r0pJwsXB/vHydA7it9xge36PSXW1qLyRRzvM3J8i9UA==",
        ["libtorch-cpu-osx-arm64"] = "njbW4NbjnO3UYsZymJA5EA8kvFQZveW2rVS07QinYOxxgs6hyZFTI82zBDt0ix1yRRCZ+v+fm+pHXG37WKjyhA==",
        ["libtorch-cpu-win-x64"] = "qvrEe8b8U1SPnsqShWgJ9gE/UfzFiq+QRPJdAegxwtEBgL/jZPQPvKAhqYkpEe5kb6AXCi840KDqvDaHQuAqEA==",
    };

    /// <summary>Makes sure that <see cref="LibTorch.Load"/> will find its files.</summary>
    /// <param name="workingDirectory">The project's folder, where the search for nuget.config begins.</param>
    /// <param name="offline">Whether nothing may be fetched.</param>
    /// <param name="onFetch">Called once when something is fetched, with what it is.</param>
    /// <param name="cancellationToken">Ends the restore.</param>
    /// <returns>A task that ends when the files are there.</returns>
    /// <exception cref="EdgeBuildException">
    /// EDGE4003: a package has another hash. EDGE4004: it cannot be fetched. EDGE4006: there is none for this platform.
    /// </exception>
    public static async Task EnsureAsync(string workingDirectory, bool offline, Action<string> onFetch, CancellationToken cancellationToken)
    {
        if (LibTorchPayload.Find() is { } found)
        {
            VerifyFound(found);
            return;
        }

        string runtimeIdentifier = LibTorchPayload.RuntimeIdentifier;
        if (!LibTorch.SupportedRuntimeIdentifiers.Contains(runtimeIdentifier))
        {
            throw LibTorch.NotFound();
        }

        if (offline)
        {
            throw new EdgeBuildException(
                ErrorCodes.AcquisitionFailed,
                $"A training needs libtorch {LibTorch.Version}, which is not on this machine, and EdgeBuildOffline is set. Build once with network, or set EDGEBUILD_LIBTORCH to a folder with its native files.");
        }

        string package = $"libtorch-cpu-{runtimeIdentifier}";
        onFetch($"fetching libtorch {LibTorch.Version} (about 130 MB, once per machine)");
        string directory = Directory.CreateTempSubdirectory("edgebuild-libtorch-").FullName;
        try
        {
            string project = Path.Combine(directory, "acquire.csproj");
            await File.WriteAllTextAsync(project, Project(package), cancellationToken).ConfigureAwait(false);
            await RestoreAsync(project, workingDirectory, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        Verify(package, LibTorch.Version);
        Verify(BindingPackage, LibTorch.BindingVersion);
        if (LibTorchPayload.Find() is null)
        {
            throw LibTorch.NotFound();
        }
    }

    private static string Project(string package) => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
          <ItemGroup>
            <PackageDownload Include="{BindingPackage}" Version="[{LibTorch.BindingVersion}]" />
            <PackageDownload Include="{package}" Version="[{LibTorch.Version}]" />
          </ItemGroup>
        </Project>
        """;

    private static async Task RestoreAsync(string project, string workingDirectory, CancellationToken cancellationToken)
    {
        string reason = string.Empty;
        for (int attempt = 1; attempt <= Attempts; attempt++)
        {
            (bool succeeded, reason) = await TryRestoreAsync(project, workingDirectory, cancellationToken).ConfigureAwait(false);
            if (succeeded)
            {
                return;
            }

            if (attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(3 * attempt), cancellationToken).ConfigureAwait(false);
            }
        }

        throw new EdgeBuildException(
            ErrorCodes.AcquisitionFailed,
            $"libtorch {LibTorch.Version} could not be restored from the NuGet feeds of this project. {reason} Check the network and nuget.config, or set EDGEBUILD_LIBTORCH to a folder with its native files.");
    }

    private static async Task<(bool Succeeded, string Reason)> TryRestoreAsync(string project, string workingDirectory, CancellationToken cancellationToken)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var start = new ProcessStartInfo(host)
        {
            WorkingDirectory = Directory.GetParent(project)!.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("restore");
        start.ArgumentList.Add(project);
        start.ArgumentList.Add("-p:RestoreRootConfigDirectory=" + workingDirectory);
        start.ArgumentList.Add("-p:RestorePackagesPath=" + LibTorchPayload.PackagesDirectory);
        start.ArgumentList.Add("-p:NuGetAudit=false");

        // The build that started the worker has its own ideas of these; the restore is a build of its own.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBuildExtensionsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");
        using Process process = Process.Start(start)!;
        try
        {
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode == 0, FirstError(output + await error.ConfigureAwait(false)));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static string FirstError(string output)
    {
        string line = output.Split('\n').FirstOrDefault(text => text.Contains("error ", StringComparison.Ordinal)) ?? string.Empty;
        int place = line.IndexOf("error ", StringComparison.Ordinal);
        return place < 0 ? string.Empty : line[place..].Split(" [", 2)[0].Trim();
    }

    /// <summary>A package that was refused when it came still lies in the packages folder at the next build. Folders that the user has filled are theirs.</summary>
    private static void VerifyFound(LibTorchPayload payload)
    {
        foreach ((string package, string version) in new[] { ($"libtorch-cpu-{LibTorchPayload.RuntimeIdentifier}", LibTorch.Version), (BindingPackage, LibTorch.BindingVersion) })
        {
            string folder = Path.Combine(LibTorchPayload.PackagesDirectory, package, version);
            bool isUsed = new[] { payload.Directory, payload.BindingPath }.Any(path => path.StartsWith(Path.GetFullPath(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal));
            if (isUsed && File.Exists(HashFile(package, version)))
            {
                Verify(package, version);
            }
        }
    }

    private static string HashFile(string package, string version) =>
        Path.Combine(LibTorchPayload.PackagesDirectory, package, version, $"{package}.{version}.nupkg.sha512");

    private static void Verify(string package, string version)
    {
        string file = HashFile(package, version);
        string actual = File.Exists(file) ? File.ReadAllText(file, Encoding.ASCII).Trim() : string.Empty;
        if (!string.Equals(actual, _hashes[package], StringComparison.Ordinal))
        {
            throw new EdgeBuildException(
                ErrorCodes.HashMismatch,
                $"The package {package} {version} has the SHA-512 '{actual}', but '{_hashes[package]}' is pinned. Remove it from the NuGet packages folder and check the feed that it came from.",
                file);
        }
    }
}
