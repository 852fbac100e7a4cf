using System.Text.RegularExpressions;
using EdgeBuild.Data;

namespace EdgeBuild.Samples.Tests;

/// <summary>One valid row of a sample. Failed assertions name a row by its place, they never quote it.</summary>
/// <param name="row">The row.</param>
internal sealed partial class SampleRow(DatasetRow row)
{
    /// <summary>Gets the row as <c>file(line)</c>.</summary>
    public string Place { get; } = $"{row.DisplayPath}({row.Position.Line})";

    public IReadOnlyDictionary<string, string> Inputs => row.Inputs;

    public IReadOnlyDictionary<string, string> Outputs => row.Outputs;

    /// <summary>Gets the lower-cased runs of letters and digits of every input.</summary>
    public IReadOnlyDictionary<string, string[]> Words { get; } = row.Inputs.ToDictionary(
        input => input.Key, input => WordPattern().Matches(input.Value.ToLowerInvariant()).Select(match => match.Value).ToArray());

    /// <summary>Gets every run of so many words of an input; all of its words when there are fewer.</summary>
    public IEnumerable<string> WordSequences(string input, int length) => Words[input].Length < length
        ? [string.Join(' ', Words[input])]
        : Enumerable.Range(0, Words[input].Length - length + 1).Select(start => string.Join(' ', Words[input], start, length));

    [GeneratedRegex(@"[\p{L}\p{N}]+")]
    private static partial Regex WordPattern();
}
