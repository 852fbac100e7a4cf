using System.Text.Json;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// What a run that goes on must share with the one that was interrupted beside its checkpoints: what has been found out, and the number format. A
/// probe of the machine chooses it, and on a busy machine the probe may choose another one the next time, for which no checkpoint fits.
/// </summary>
/// <param name="directory">The folder of the checkpoints.</param>
public sealed class InterruptedRun(string directory)
{
    private const string FileName = "compute-type.txt";

    private const string RejectedFileName = "refresh-rejected";
    private const string SuspectsFileName = "suspects.json";

    private string FilePath => Path.Combine(directory, FileName);

    /// <summary>Gets the number format of the interrupted run; <see cref="ComputeType.Auto"/> when there was none.</summary>
    public ComputeType ComputeType =>
        File.Exists(FilePath) && Enum.TryParse(File.ReadAllText(FilePath), out ComputeType type) && Enum.IsDefined(type) ? type : ComputeType.Auto;

    /// <summary>Gets a value indicating whether a refresh was tried and found wanting, so that the checkpoints are those of the full training.</summary>
    public bool RefreshRejected => File.Exists(Path.Combine(directory, RejectedFileName));

    /// <summary>Gets or sets the rows whose label looked wrong after the first pass, which a resumed run does not see again.</summary>
    public IReadOnlyList<SuspectedLabel> Suspects
    {
        get => File.Exists(Path.Combine(directory, SuspectsFileName))
            ? JsonSerializer.Deserialize<SuspectedLabel[]>(File.ReadAllText(Path.Combine(directory, SuspectsFileName))) ?? []
            : [];
        set => Write(SuspectsFileName, JsonSerializer.Serialize(value));
    }

    /// <summary>Remembers that the whole is trained now.</summary>
    public void RejectRefresh() => Write(RejectedFileName, string.Empty);

    /// <summary>Keeps the number format of this run for the case that it is interrupted.</summary>
    /// <param name="type">The number format.</param>
    public void Remember(ComputeType type) => Write(FileName, type.ToString());

    private void Write(string fileName, string text)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, fileName), text);
    }
}
