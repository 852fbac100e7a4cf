using System.Globalization;
using System.Text;
using System.Text.Json;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>
/// What a run that goes on must share with the one that was interrupted beside its checkpoints: what has been found out, the number format and the
/// size of micro-batches. A look at the machine chooses the last two, and on a busy machine it may choose others the next time, for which no
/// checkpoint fits.
/// </summary>
/// <param name="directory">The folder of the checkpoints.</param>
public sealed class InterruptedRun(string directory)
{
    private const string FileName = "compute-type.txt";

    private const string RejectedFileName = "refresh-rejected";
    private const string SuspectsFileName = "suspects.json";

    private string FilePath => Path.Combine(directory, FileName);

    /// <summary>Gets the number format of the interrupted run; <see cref="ComputeType.Auto"/> when there was none.</summary>
    public ComputeType ComputeType => Lines() is [string type, ..] ? Parse(type) : ComputeType.Auto;

    /// <summary>Gets the tokens of a micro-batch of the interrupted run; null when there was none.</summary>
    public int? TokensPerPass =>
        Lines() is [string type, string tokens, ..] && Parse(type) != ComputeType.Auto && int.TryParse(tokens, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : null;

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

    /// <summary>Keeps what this run has chosen for the case that it is interrupted.</summary>
    /// <param name="type">The number format.</param>
    /// <param name="tokensPerPass">The tokens of a micro-batch.</param>
    public void Remember(ComputeType type, int tokensPerPass) =>
        Write(FileName, string.Create(CultureInfo.InvariantCulture, $"{type}\n{tokensPerPass}\n"));

    // Atomic, since a run that is killed here must not lose what an earlier one has kept.
    private void Write(string fileName, string text)
    {
        Directory.CreateDirectory(directory);
        AtomicFile.Write(Path.Combine(directory, fileName), stream => stream.Write(Encoding.UTF8.GetBytes(text)));
    }

    private static ComputeType Parse(string text) => Enum.TryParse(text, out ComputeType type) && Enum.IsDefined(type) ? type : ComputeType.Auto;

    private string[] Lines() => File.Exists(FilePath) ? File.ReadAllLines(FilePath) : [];
}
