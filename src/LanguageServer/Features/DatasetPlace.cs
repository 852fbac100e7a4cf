using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>A row of an open dataset, as one of the prompts that have the file reads it.</summary>
/// <param name="Plan">The model.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Dataset">The dataset.</param>
/// <param name="Row">The row.</param>
/// <param name="Record">Its fields; places count from the line before <paramref name="FirstLine"/>.</param>
/// <param name="FirstLine">What is added to lines of the record, to have those of the document from 0.</param>
internal sealed record DatasetPlace(TrainingPlan Plan, PlannedPrompt Prompt, PlannedDataset Dataset, DatasetRow Row, DatasetRecord Record, int FirstLine)
{
    /// <summary>Gets the place of the row in the document.</summary>
    public Range Range => Moved(Record.Position);

    /// <summary>Gets the place of a value; null where a row holds it another way, as chats do.</summary>
    public Range? RangeOf(string name) => Record.Find(name) is { } field ? Moved(field.Position) : null;

    /// <summary>Moves a place of the record to where it is in the document.</summary>
    public Range Moved(SourcePosition position)
    {
        Range range = Range.From(position);
        return new Range(range.Start with { Line = range.Start.Line + FirstLine }, range.End with { Line = range.End.Line + FirstLine });
    }
}
