using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Checks what only the tokens tell: rows that do not fit, and rows whose inputs are cut.</summary>
public static class RowLengths
{
    /// <summary>Checks rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="examples">Renders them.</param>
    /// <param name="contextLength">The tokens that the base was made for.</param>
    /// <param name="maxLength">The recipe's limit, or 0.</param>
    /// <param name="write">Receives EDGE1115.</param>
    /// <exception cref="EdgeBuildException">EDGE2005 at the first row that is too long.</exception>
    public static void Check(IEnumerable<LabelledRow> rows, ExampleBuilder examples, int contextLength, int maxLength, Action<Diagnostic> write)
    {
        int most = maxLength > 0 ? Math.Min(maxLength, contextLength) : contextLength;
        var cut = new List<(string, int, string)>();
        LabelledRow? first = null;
        int firstLength = 0;
        int tooLong = 0;
        foreach (LabelledRow row in rows)
        {
            int length = examples.LengthOf(row);
            if (length > most)
            {
                firstLength = first is null ? length : firstLength;
                first ??= row;
                tooLong++;
            }

            if (examples.IsCut(row))
            {
                cut.Add((row.File, row.Line, string.Create(
                    CultureInfo.InvariantCulture,
                    $"The inputs are longer than the {row.Prompt.Document.MaxInputTokens} tokens of metadata.edge.maxInputTokens and are cut, in training as in the app. Raise it, or shorten the text.")));
            }
        }

        BoundedWarnings.Write(ErrorCodes.CutInput, cut, write);
        if (first is not null)
        {
            string limit = most < contextLength ? $"MaxLength allows {most}" : $"the base reads {most}";
            string others = tooLong > 1 ? string.Create(CultureInfo.InvariantCulture, $" {tooLong - 1} other rows are too long as well.") : string.Empty;
            throw new EdgeBuildException(
                ErrorCodes.ContextExceeded,
                string.Create(CultureInfo.InvariantCulture, $"Prompt and answer take {firstLength} tokens, {limit}. Lower metadata.edge.maxInputTokens or shorten the prompt.{others}"),
                first.File,
                new SourcePosition(first.Line, 1));
        }
    }
}
