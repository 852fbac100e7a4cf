using System.Globalization;
using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>
/// Decides where the models of a packed library travel: in its own package, or, when they are large, each in one of its own that the library's depends
/// on, so that nobody fetches a large model again for a changed line of code. Stops a pack that feeds would refuse: models are packed already, so a
/// package is never smaller than they are.
/// </summary>
public sealed class PlanModelPackages : MSBuildTask
{
    /// <summary>Gets or sets the full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the files that belong beside the app.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>Gets or sets the megabytes above which models get packages of their own.</summary>
    [Required]
    public string ModelLimit { get; set; } = string.Empty;

    /// <summary>Gets or sets the most megabytes of models in one package.</summary>
    [Required]
    public string PackageLimit { get; set; } = string.Empty;

    /// <summary>Gets or sets the folder that gets a nuspec file for each package beside that of the library.</summary>
    [Required]
    public string Directory { get; set; } = string.Empty;

    /// <summary>Gets or sets the targets that bring the files beside the app.</summary>
    [Required]
    public string TargetsFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the id of the library's package.</summary>
    [Required]
    public string PackageId { get; set; } = string.Empty;

    /// <summary>Gets or sets its version.</summary>
    [Required]
    public string PackageVersion { get; set; } = string.Empty;

    /// <summary>Gets or sets its authors.</summary>
    public string Authors { get; set; } = string.Empty;

    /// <summary>Gets the files that travel in the library's own package.</summary>
    [Output]
    public ITaskItem[] Packed { get; private set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        try
        {
            double modelLimit = ReadLimit("EdgeBuildPackModelLimit", ModelLimit);
            double packageLimit = ReadLimit("EdgeBuildPackageLimit", PackageLimit);
            string[] files = [.. Files.Select(file => file.GetMetadata("FullPath"))];
            IReadOnlyList<ModelPackageContent> separate = [];
            if (ModelPackageContent.Megabytes(files) > modelLimit)
            {
                separate = ModelPackageContent.Split(files);
            }
            else
            {
                Packed = Files;
            }

            CheckSizes(files, separate, packageLimit);
            if (!Log.HasLoggedErrors)
            {
                WriteNuspecs(separate);
            }
        }
        catch (EdgeBuildException exception)
        {
            Log.LogDiagnostic(exception.ToDiagnostic(), Path.GetDirectoryName(ProjectFile)!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.LogDiagnostic(StorageDiagnostic.From(exception, ProjectFile), Path.GetDirectoryName(ProjectFile)!);
        }

        return !Log.HasLoggedErrors;
    }

    private void CheckSizes(string[] files, IReadOnlyList<ModelPackageContent> separate, double limit)
    {
        IEnumerable<(string What, string[] Files)> packages = separate.Count > 0
            ? separate.Select(package => ($"The model '{package.Model}' takes", package.Files.ToArray()))
            : [("The models of the package take", files)];
        foreach ((string what, string[] content) in packages)
        {
            double size = ModelPackageContent.Megabytes(content);
            if (size > limit)
            {
                throw new EdgeBuildException(
                    ErrorCodes.PackageTooLarge,
                    string.Format(
                        CultureInfo.InvariantCulture,
                        "{0} {1:0} MB, and a package may hold {2:0} MB of them. Choose a smaller Quantization, or leave them out with "
                        + "EdgeBuildPackModels=false and hand them on by themselves, or raise EdgeBuildPackageLimit where your feed takes larger packages.",
                        what,
                        size,
                        limit),
                    ProjectFile);
            }
        }
    }

    private void WriteNuspecs(IReadOnlyList<ModelPackageContent> separate)
    {
        System.IO.Directory.CreateDirectory(Directory);
        string[] written = [.. separate.Select(package =>
        {
            string id = $"{PackageId}.Model.{package.Model}";
            string path = Path.Combine(Directory, id + ".nuspec");
            AtomicFile.WriteWhenDifferent(path, ModelPackageNuspec.Write(id, PackageVersion, Authors, PackageId, package, TargetsFile));
            return path;
        })];
        foreach (string stale in System.IO.Directory.GetFiles(Directory, "*.nuspec").Except(written, StringComparer.Ordinal))
        {
            File.Delete(stale);
        }

        // NuGet packs anew when an input is newer than the package; what moved from one package to another is not.
        AtomicFile.WriteWhenDifferent(
            Path.Combine(Directory, "content.txt"),
            string.Concat(Files.Select(file => $"{(separate.Count > 0 ? "separate" : "packed")} {file.GetMetadata("FullPath")}\n")));
    }

    private double ReadLimit(string property, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit) && limit > 0
            ? limit
            : throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"{property} is '{text}'; it must be a number of megabytes above 0.", ProjectFile);
}
