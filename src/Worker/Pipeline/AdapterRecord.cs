using System.Text.Json;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>What an adapter's cache entry says about its training (<c>training.json</c>).</summary>
/// <param name="ValidationLoss">Its loss on the validation rows of that time.</param>
/// <param name="TaskKey">What it was made for except the rows.</param>
/// <param name="Facts">Facts for the report.</param>
/// <param name="Suspects">Rows whose label looked wrong; null in entries of earlier versions.</param>
public sealed record AdapterRecord(
    double ValidationLoss, string TaskKey, Dictionary<string, string> Facts, IReadOnlyList<SuspectedLabel>? Suspects)
{
    private const string FileName = "training.json";

    /// <summary>Reads the record of an entry.</summary>
    /// <param name="directory">The entry.</param>
    /// <returns>The record, or null when the file is missing or no record.</returns>
    public static AdapterRecord? Read(string directory)
    {
        string path = Path.Combine(directory, FileName);
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<AdapterRecord>(File.ReadAllText(path)) : null;
        }
        catch (JsonException)
        {
            // An entry that cannot be read is none: the adapter is trained anew.
            return null;
        }
    }

    /// <summary>Writes the record.</summary>
    /// <param name="directory">The entry under construction.</param>
    public void Write(string directory) => File.WriteAllText(Path.Combine(directory, FileName), JsonSerializer.Serialize(this));
}
