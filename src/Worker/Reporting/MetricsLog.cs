using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Training;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Watching;

namespace EdgeBuild.Worker.Reporting;

/// <summary>
/// The course of a training as files: metrics.jsonl, one line a step, and the same for TensorBoard. They grow during the run; a run that goes on
/// after an interruption takes back what lies behind its checkpoint, since those steps come again.
/// </summary>
/// <param name="directory">The folder; made on demand.</param>
public sealed class MetricsLog(string directory) : ITrainingLog, IDisposable
{
    /// <summary>The name of the lines of JSON.</summary>
    public const string FileName = "metrics.jsonl";

    private const string EventFilePattern = "events.out.tfevents.*";
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private FileStream? _lines;
    private TensorBoardEventFile? _events;

    private string LinesPath => Path.Combine(directory, FileName);

    /// <inheritdoc/>
    public void Begin(int finishedSteps)
    {
        Close();
        Directory.CreateDirectory(directory);
        MetricsRecord[] kept = [.. Read(LinesPath).Where(record => record.Step <= finishedSteps)];
        AtomicFile.Write(LinesPath, stream =>
        {
            foreach (MetricsRecord record in kept)
            {
                stream.Write(Line(record));
            }
        });

        // The file of TensorBoard is made anew: records cannot be taken out of one.
        foreach (string old in Directory.GetFiles(directory, EventFilePattern))
        {
            File.Delete(old);
        }

        DateTimeOffset start = kept.Length > 0 ? kept[0].Time : DateTimeOffset.UtcNow;
        string name = string.Create(CultureInfo.InvariantCulture, $"events.out.tfevents.{start.ToUnixTimeSeconds()}.edgebuild");
        _events = new TensorBoardEventFile(Path.Combine(directory, name), start);
        foreach (MetricsRecord record in kept)
        {
            AddEvents(record);
        }

        _lines = new FileStream(LinesPath, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1);
    }

    /// <inheritdoc/>
    public void Add(TrainingStep finished) => Add(MetricsRecord.Of(finished, DateTimeOffset.UtcNow));

    /// <inheritdoc/>
    public void Add(ValidationLoss validation) => Add(MetricsRecord.Of(validation, DateTimeOffset.UtcNow));

    /// <summary>Reads the loss curve of a training that has ended.</summary>
    /// <param name="directory">The folder of its files.</param>
    /// <returns>One point a step; none when the files are missing.</returns>
    public static IReadOnlyList<LossPoint> ReadLosses(string directory)
    {
        MetricsRecord[] records = [.. Read(Path.Combine(directory, FileName))];
        var validations = records.Where(record => record.ValidationLoss is not null).GroupBy(record => record.Step).ToDictionary(group => group.Key, group => group.Last().ValidationLoss);
        return [.. records.Where(record => record.Loss is not null).Select(record => new LossPoint(record.Step, record.Loss!.Value, validations.GetValueOrDefault(record.Step)))];
    }

    /// <summary>Gets the folder of the course of a training, beside its checkpoints.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="adapterKey">The training.</param>
    /// <returns>An absolute path; it need not exist.</returns>
    public static string FolderOf(ArtifactCache cache, string adapterKey) => Path.Combine(cache.CheckpointDirectory(adapterKey), "metrics");

    /// <summary>Reads the course of a training that goes on.</summary>
    /// <param name="cache">The cache.</param>
    /// <param name="adapterKey">The training; empty for none.</param>
    /// <returns>What it has logged so far.</returns>
    public static RunningMetrics ReadRunning(ArtifactCache cache, string adapterKey)
    {
        string running = FolderOf(cache, adapterKey);
        MetricsRecord[] records = adapterKey.Length == 0 ? [] : [.. Read(Path.Combine(Directory.Exists(running) ? running : cache.AdapterDirectory(adapterKey), FileName))];
        return new RunningMetrics(
            [.. records.Select(record => record.Loss).OfType<double>()],
            [.. records.Select(record => record.ValidationLoss).OfType<double>()],
            records.LastOrDefault(record => record.TokensPerSecond is not null)?.TokensPerSecond);
    }

    /// <summary>Closes the files and copies them.</summary>
    /// <param name="target">The folder that receives them.</param>
    public void CopyTo(string target)
    {
        Close();
        foreach (string file in Directory.GetFiles(directory, EventFilePattern).Append(LinesPath))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private static byte[] Line(MetricsRecord record) => [.. JsonSerializer.SerializeToUtf8Bytes(record, _options), (byte)'\n'];

    private void Add(MetricsRecord record)
    {
        _lines!.Write(Line(record));
        AddEvents(record);
    }

    private void AddEvents(MetricsRecord record)
    {
        foreach ((string tag, double value) in record.Scalars)
        {
            _events!.Add(tag, value, record.Step, record.Time);
        }
    }

    private static IEnumerable<MetricsRecord> Read(string path)
    {
        foreach (string line in Lines(path))
        {
            MetricsRecord? record;
            try
            {
                record = JsonSerializer.Deserialize<MetricsRecord>(line, _options);
            }
            catch (JsonException)
            {
                // The machine stopped while the line was written; its step is not in any checkpoint.
                yield break;
            }

            if (record is not null)
            {
                yield return record;
            }
        }
    }

    private static string[] Lines(string path)
    {
        try
        {
            // A training that goes on holds the file open to write.
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }

    private void Close()
    {
        _lines?.Dispose();
        _events?.Dispose();
        _lines = null;
        _events = null;
    }
}
