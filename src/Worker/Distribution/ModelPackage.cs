using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Caching;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;

namespace EdgeBuild.Worker.Distribution;

/// <summary>
/// A NuGet package that carries one model or adapter of a lock file from the machine that trained it to those that may not train. Its version follows from
/// the lock file's entry, so that whoever has the lock file knows which package it needs.
/// </summary>
/// <param name="artifact">The model or adapter.</param>
/// <param name="prefix">What the package's id begins with.</param>
internal sealed class ModelPackage(LockedArtifact artifact, string prefix)
{
    private const string Folder = "model/";

    /// <summary>What travels; the report holds row texts and never does.</summary>
    private string[] Files => [artifact.File, artifact.FileStem + ArtifactFiles.ManifestSuffix, LockFile.FileName, artifact.FileStem + ArtifactFiles.NoticeSuffix];

    /// <summary>Gets the model or adapter.</summary>
    public LockedArtifact Artifact => artifact;

    /// <summary>Gets the id and version.</summary>
    public PackageIdentity Identity => new(
        $"{prefix}.{artifact.FileStem}",
        new NuGetVersion($"{EdgeManifest.CurrentContractVersion}.0.0-h{ContentKey.OfText($"{artifact.ModelKey} {artifact.Sha256}")[..32]}"));

    /// <summary>Writes the package.</summary>
    /// <param name="entry">The model's entry of the cache.</param>
    /// <param name="file">Where the package is written.</param>
    public void Write(string entry, string file)
    {
        // Equal content gives equal bytes, so that it does not matter who pushes.
        var package = new PackageBuilder(deterministic: true)
        {
            Id = Identity.Id,
            Version = Identity.Version,
            Description = $"'{artifact.Name}', trained with EdgeBuild, for builds that may not train: 'edgebuild pull' puts it into their cache.",
        };
        package.Authors.Add("EdgeBuild");
        package.PackageTypes.Add(new PackageType("EdgeBuildModel", PackageType.EmptyVersion));
        foreach (string part in Files.Where(part => File.Exists(Path.Combine(entry, part))))
        {
            package.Files.Add(new PhysicalPackageFile { SourcePath = Path.Combine(entry, part), TargetPath = Folder + part });
        }

        using FileStream stream = File.Create(file);
        package.Save(stream);
    }

    /// <summary>Unpacks a package into a new entry of the cache.</summary>
    /// <param name="file">The package.</param>
    /// <param name="entry">The pending entry.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EdgeBuildException">EDGE4003: the model is not that of the lock file. EDGE3003: the package is damaged, or of another contract version.</exception>
    public async Task ReadAsync(string file, PendingEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            using var package = new PackageArchiveReader(file);
            var inside = package.GetFiles().ToHashSet(StringComparer.Ordinal);
            foreach (string part in Files.Where(part => inside.Contains(Folder + part)))
            {
                await using Stream from = package.GetStream(Folder + part);
                await using FileStream to = File.Create(entry.PathOf(part));
                await from.CopyToAsync(to, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or PackagingException)
        {
            throw new EdgeBuildException(
                ErrorCodes.ArtifactInvalid, $"The package {Identity.Id} {Identity.Version} is damaged: {exception.Message} Push it again.", innerException: exception);
        }

        if (Files.Take(3).FirstOrDefault(part => !File.Exists(entry.PathOf(part))) is { } missing)
        {
            throw new EdgeBuildException(ErrorCodes.ArtifactInvalid, $"The package {Identity.Id} {Identity.Version} lacks '{missing}'. Push it again.");
        }

        string actual = LlamaCpp.FileHash.Sha256(entry.PathOf(artifact.File), cancellationToken);
        if (actual != artifact.Sha256)
        {
            throw new EdgeBuildException(
                ErrorCodes.HashMismatch,
                $"The model in the package {Identity.Id} {Identity.Version} has the SHA-256 {actual}, but {artifact.Sha256} is in {LockFile.FileName}; it was thrown away. Check who may push to the feed.");
        }

        _ = EdgeManifest.Load(entry.PathOf(artifact.FileStem + ArtifactFiles.ManifestSuffix));
        string fragment = entry.PathOf(LockFile.FileName);
        _ = LockFile.Parse(fragment, await File.ReadAllTextAsync(fragment, Encoding.UTF8, cancellationToken));
    }
}
