using System.Text;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>A prompt with training rows as examples before its last message: what one would do with the base without training it.</summary>
public static class FewShotPrompt
{
    /// <summary>Examples must leave room for the input in the context of small models.</summary>
    private const int MostWords = 60;

    /// <summary>Makes the prompt.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="train">The training rows, of any prompts.</param>
    /// <param name="count">The number of examples.</param>
    /// <param name="folder">A folder for the file of the prompt.</param>
    /// <returns>The prompt; null when no rows can be written as messages.</returns>
    public static TrainedPrompt? Create(TrainedPrompt prompt, IReadOnlyList<LabelledRow> train, int count, string folder)
    {
        LabelledRow[] examples = [.. Choose(prompt, train).Take(count)];
        if (examples.Length == 0)
        {
            return null;
        }

        PromptMessage last = prompt.Document.Messages[^1];
        string[] lines = prompt.Document.Source.Split('\n');
        var text = new StringBuilder().AppendJoin('\n', lines[..(last.Position.Line - 1)]).Append('\n');
        foreach (LabelledRow example in examples)
        {
            text.Append("user:\n").Append(Question(last, prompt, example)).Append("\n\nassistant:\n").Append(Answer(prompt, example)).Append("\n\n");
        }

        string path = Path.Combine(folder, $"{prompt.Name}.{count}.prompty");
        File.WriteAllText(path, text.AppendJoin('\n', lines[(last.Position.Line - 1)..]).ToString());
        var planned = new PlannedPrompt
        {
            Name = prompt.Name,
            Path = path,
            DisplayPath = prompt.Planned.DisplayPath,
            Labels = prompt.Labels.ByOutput,
            Datasets = prompt.Planned.Datasets,
            TestRowsHash = prompt.Planned.TestRowsHash,
        };
        return TrainedPrompt.Load(planned, prompt.Compiled.Format);
    }

    /// <summary>Takes rows of every answer in turn, short ones first: a base follows short examples best.</summary>
    private static IEnumerable<LabelledRow> Choose(TrainedPrompt prompt, IReadOnlyList<LabelledRow> train)
    {
        PromptMessage last = prompt.Document.Messages[^1];
        LabelledRow[][] byAnswer =
        [
            .. train.Where(row => row.Prompt.Name == prompt.Name && IsPlain(Question(last, prompt, row)) && IsPlain(Answer(prompt, row)))
                .GroupBy(row => row.Values[0], StringComparer.Ordinal)
                .OrderBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => group.OrderBy(row => row.Inputs.Sum(input => input.Length)).Skip(group.Count() / 4).ToArray()),
        ];
        return Enumerable.Range(0, byAnswer.Length == 0 ? 0 : byAnswer.Max(rows => rows.Length)).SelectMany(index => byAnswer.Where(rows => index < rows.Length).Select(rows => rows[index]));
    }

    /// <summary>A prompt file scans its text: braces and lines that look like roles would mean something else there.</summary>
    private static bool IsPlain(string text) =>
        !text.Contains("{{", StringComparison.Ordinal) && !text.Contains("}}", StringComparison.Ordinal)
        && text.Split(' ').Length <= MostWords
        && !text.Split('\n').Any(line => line.StartsWith("system:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("user:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("assistant:", StringComparison.OrdinalIgnoreCase));

    private static string Question(PromptMessage message, TrainedPrompt prompt, LabelledRow row)
    {
        string[] names = [.. prompt.Document.Inputs.Select(input => input.Name)];
        return string.Concat(message.Parts.Select(part => part.IsPlaceholder ? row.Inputs[Math.Max(0, Array.IndexOf(names, part.Text))] : part.Text)).Trim();
    }

    private static string Answer(TrainedPrompt prompt, LabelledRow row) => string.Concat(prompt.Compiled.Completion.Select(segment => segment.Kind switch
    {
        SegmentKind.Output => AnswerText.ToSegment(prompt.Document, segment.SlotIndex, row.Values[segment.SlotIndex]),
        SegmentKind.Text => segment.Text,
        _ => string.Empty,
    }));
}
