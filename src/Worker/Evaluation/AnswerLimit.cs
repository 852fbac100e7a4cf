using EdgeBuild.Runtime;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>
/// How long an untuned base may answer. It was not taught when to stop, so without a limit most texts run on to the end, which takes more time than the
/// measurement of the file that ships, and says nothing more.
/// </summary>
public static class AnswerLimit
{
    /// <summary>The limit as a multiple of the longest answer that the rows expect.</summary>
    public const double Margin = 1.5;

    /// <summary>Chooses the limits.</summary>
    /// <param name="examples">Renders rows.</param>
    /// <param name="rows">The rows that are answered.</param>
    /// <returns>The tokens of a text by the prompt's name; a prompt is left out when the runtime's own limit is lower.</returns>
    public static IReadOnlyDictionary<string, int> Of(ExampleBuilder examples, IEnumerable<LabelledRow> rows) => rows.GroupBy(row => row.Prompt)
        .Select(group => (group.Key.Name, Tokens: (int)Math.Ceiling(Margin * examples.Build(group).Max(example => example.CompletionTokens.Length))))
        .Where(limit => limit.Tokens < EdgeCallOptions.DefaultMaxTokens)
        .ToDictionary(limit => limit.Name, limit => limit.Tokens, StringComparer.Ordinal);
}
