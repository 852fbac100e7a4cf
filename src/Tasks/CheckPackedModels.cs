using System.Globalization;
using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>Stops a pack whose models make a package that feeds refuse: they are packed already, so a package is never smaller than they are.</summary>
public sealed class CheckPackedModels : MSBuildTask
{
    private const double Megabyte = 1_000_000;

    /// <summary>Gets or sets the full path of the project file.</summary>
    [Required]
    public string ProjectFile { get; set; } = string.Empty;

    /// <summary>Gets or sets the files that go into the package.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <summary>Gets or sets the most that they may take together, in megabytes.</summary>
    [Required]
    public string LimitMegabytes { get; set; } = string.Empty;

    /// <inheritdoc/>
    public override bool Execute()
    {
        if (!double.TryParse(LimitMegabytes, NumberStyles.Float, CultureInfo.InvariantCulture, out double limit) || limit <= 0)
        {
            Report(ErrorCodes.InvalidProjectItem, $"EdgeBuildPackageLimit is '{LimitMegabytes}'; it must be a number of megabytes above 0.");
            return false;
        }

        double size = Files.Sum(file => new FileInfo(file.GetMetadata("FullPath")).Length) / Megabyte;
        if (size > limit)
        {
            Report(ErrorCodes.PackageTooLarge, string.Format(
                CultureInfo.InvariantCulture,
                "The models of the package take {0:0} MB, and a package may hold {1:0} MB of them. Choose a smaller Quantization, or leave them out with "
                + "EdgeBuildPackModels=false and hand them on by themselves, or raise EdgeBuildPackageLimit where your feed takes larger packages.",
                size,
                limit));
        }

        return !Log.HasLoggedErrors;
    }

    private void Report(string code, string message) => Log.LogDiagnostic(
        new Diagnostic(code, DiagnosticSeverity.Error, ProjectFile, default, message), Path.GetDirectoryName(ProjectFile)!);
}
