using System.Globalization;

namespace EdgeBuild.Data;

/// <summary>Finds rows that contradict each other, and test rows that were trained on. Keeps hashes, not texts.</summary>
internal sealed class DuplicateRows
{
    private readonly Dictionary<string, DatasetRow> _first = new(StringComparer.Ordinal);

    /// <summary>Notes a row.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public string? Add(DatasetRow row)
    {
        if (!_first.TryGetValue(row.InputsHash, out DatasetRow? first))
        {
            // Only hashes and the place are needed again, so the texts are let go.
            _first.Add(row.InputsHash, row.WithoutTexts());
            return null;
        }

        string place = string.Format(CultureInfo.InvariantCulture, "{0}({1})", first.DisplayPath, first.Position.Line);
        if (row.Split == DatasetSplits.Test && first.Split != DatasetSplits.Test)
        {
            return $"This test row is also a {(first.Split == DatasetSplits.Train ? "training" : "validation")} row, {place}: it measures what the model remembers, not what it can do. Remove one of the two.";
        }

        return row.CanonicalHash == first.CanonicalHash
            ? null
            : $"The same inputs stand at {place} with other outputs, so one of the two rows is wrong. Correct it.";
    }
}
