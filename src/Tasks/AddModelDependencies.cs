using System.IO.Compression;
using System.Xml.Linq;
using Microsoft.Build.Framework;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>
/// Makes the package of a library depend on those of its models. NuGet takes dependencies from the restore alone, which has run before the models
/// were made, so they are written into the finished package.
/// </summary>
public sealed class AddModelDependencies : MSBuildTask
{
    /// <summary>Gets or sets the full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the library's package.</summary>
    [Required]
    public string Package { get; set; } = string.Empty;

    /// <summary>Gets or sets the version of the library's package and those of the models.</summary>
    [Required]
    public string PackageVersion { get; set; } = string.Empty;

    /// <summary>Gets or sets the ids of the models' packages.</summary>
    [Required]
    public string[] ModelPackages { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            XDocument nuspec;
            using (ZipArchive archive = ZipFile.OpenRead(Package))
            using (Stream content = NuspecOf(archive).Open())
            {
                nuspec = XDocument.Load(content);
            }

            if (ModelPackageNuspec.AddDependencies(nuspec, ModelPackages, PackageVersion))
            {
                Write(nuspec);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogDiagnostic(StorageDiagnostic.From(exception, ProjectFile), Path.GetDirectoryName(ProjectFile)!);
        }

        return !Log.HasLoggedErrors;
    }

    private static ZipArchiveEntry NuspecOf(ZipArchive archive) =>
        archive.Entries.Single(entry => entry.FullName.EndsWith(ModelPackageNuspec.Extension, StringComparison.Ordinal) && !entry.FullName.Contains('/'));

    private void Write(XDocument nuspec)
    {
        using ZipArchive archive = ZipFile.Open(Package, ZipArchiveMode.Update);
        ZipArchiveEntry entry = NuspecOf(archive);

        // NuGet gives all entries one time, so that equal content makes equal packages.
        DateTimeOffset time = entry.LastWriteTime;
        using (Stream content = entry.Open())
        {
            content.SetLength(0);
            nuspec.Save(content);
        }

        entry.LastWriteTime = time;
    }
}
