using System.Globalization;
using System.Text.RegularExpressions;
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
    private const int LongestId = 100;

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

    /// <summary>Gets or sets the file that changes when the content of any of the packages does.</summary>
    [Required]
    public string ContentFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the targets that bring the files beside the app.</summary>
    [Required]
    public string TargetsFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the id of the library's package.</summary>
    [Required]
    public string PackageId { get; set; } = string.Empty;

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
            IReadOnlyList<ModelPackageContent> separate = ModelPackageContent.Megabytes(files) > modelLimit ? ModelPackageContent.Split(files) : [];
            Packed = Files.Where(file => !separate.Any(package => package.Files.Contains(file.GetMetadata("FullPath")))).ToArray();
            CheckSizes(files, separate, packageLimit);
            CheckIds(separate);
            WriteNuspecs(separate);

            // NuGet packs anew when an input is newer than the package; what moved from one package to another is not.
            AtomicFile.WriteWhenDifferent(ContentFile, string.Concat(files.Select(file => Describe(file, separate.Count > 0))));
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

    private static string Describe(string file, bool isSeparate)
    {
        var info = new FileInfo(file);
        return string.Format(CultureInfo.InvariantCulture, "{0} {1} {2} {3}\n", isSeparate ? "separate" : "packed", file, info.Length, info.LastWriteTimeUtc.Ticks);
    }

    private void CheckSizes(string[] files, IReadOnlyList<ModelPackageContent> separate, double limit)
    {
        IEnumerable<(string What, IEnumerable<string> Files)> packages = separate.Count > 0
            ? separate.Select(package => ($"The model '{package.Model}' takes", (IEnumerable<string>)package.Files))
            : [("The models of the package take", files)];
        foreach ((string what, IEnumerable<string> content) in packages)
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

    /// <summary>Names of models are names of files, of which NuGet takes fewer as ids.</summary>
    private void CheckIds(IReadOnlyList<ModelPackageContent> separate)
    {
        foreach (ModelPackageContent package in separate)
        {
            string id = IdOf(package);
            if (id.Length > LongestId || !Regex.IsMatch(id, @"^\w+([.-]\w+)*$"))
            {
                throw new EdgeBuildException(
                    ErrorCodes.InvalidProjectItem,
                    $"The model '{package.Model}' would travel in the package '{id}', which is no id that NuGet takes (at most {LongestId} letters, digits, '_', and single '.' and '-' between them). "
                    + "Rename the EdgeModel, or raise EdgeBuildPackModelLimit so that it travels in the package of the library.",
                    ProjectFile);
            }
        }
    }

    private void WriteNuspecs(IReadOnlyList<ModelPackageContent> separate)
    {
        System.IO.Directory.CreateDirectory(Directory);
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (ModelPackageContent package in separate)
        {
            string path = Path.Combine(Directory, IdOf(package) + ModelPackageNuspec.Extension);
            AtomicFile.WriteWhenDifferent(path, ModelPackageNuspec.Write(IdOf(package), Authors, PackageId, package, TargetsFile));
            written.Add(path);
        }

        foreach (string stale in System.IO.Directory.GetFiles(Directory, "*" + ModelPackageNuspec.Extension).Where(file => !written.Contains(file)))
        {
            File.Delete(stale);
        }
    }

    private string IdOf(ModelPackageContent package) => $"{PackageId}.Model.{package.Model}";

    private double ReadLimit(string property, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit) && limit > 0
            ? limit
            : throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"{property} is '{text}'; it must be a number of megabytes above 0.", ProjectFile);
}
