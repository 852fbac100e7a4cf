using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// What a run that goes on must share with the one that was interrupted beside its checkpoints: the number format. A probe of the machine
/// chooses it, and on a busy machine the probe may choose another one the next time, for which no checkpoint fits.
/// </summary>
/// <param name="directory">The folder of the checkpoints.</param>
public sealed class InterruptedRun(string directory)
{
    private const string FileName = "compute-type.txt";

    private string FilePath => Path.Combine(directory, FileName);

    /// <summary>Gets the number format of the interrupted run; <see cref="ComputeType.Auto"/> when there was none.</summary>
    public ComputeType ComputeType =>
        File.Exists(FilePath) && Enum.TryParse(File.ReadAllText(FilePath), out ComputeType type) && Enum.IsDefined(type) ? type : ComputeType.Auto;

    /// <summary>Keeps the number format of this run for the case that it is interrupted.</summary>
    /// <param name="type">The number format.</param>
    public void Remember(ComputeType type)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(FilePath, type.ToString());
    }
}
