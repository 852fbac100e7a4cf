using System.Text.RegularExpressions;

using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Samples.Tests;

/// <summary>One row of a dataset of samples/TicketTriage. Failed assertions name a row by its place, they never quote it.</summary>
/// <param name="Place">The row as <c>file(line)</c>.</param>
/// <param name="Text">What the customer wrote.</param>
/// <param name="Category">The label.</param>
/// <param name="Urgent">Whether it cannot wait a day.</param>
internal sealed partial record Ticket(string Place, string Text, string Category, bool Urgent)
{
    /// <summary>Gets the lower-cased runs of letters and digits.</summary>
    public string[] Words { get; } = [.. WordPattern().Matches(Text.ToLowerInvariant()).Select(match => match.Value)];

    public static IReadOnlyList<Ticket> Load(string fileName)
    {
        string path = Path.Combine(SampleFolder, "data", fileName);
        return
        [
            .. File.ReadLines(path).Select((line, index) =>
            {
                JsonValue row = JsonText.Parse(line, index + 1);
                return new Ticket($"{fileName}({index + 1})", row.GetString("ticket")!, row.GetString("category")!, row.GetBoolean("urgent")!.Value);
            }),
        ];
    }

    public static string SampleFolder { get; } = FindSampleFolder();

    private static string FindSampleFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "samples", "TicketTriage");
            if (File.Exists(Path.Combine(folder.FullName, "EdgeBuild.sln")) && Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("samples/TicketTriage is not above the folder of the test.");
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex WordPattern();
}
