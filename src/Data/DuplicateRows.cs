using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>
/// Finds rows that stand twice, that contradict each other, and test rows that were trained on. It keeps eight-byte hashes and places, no
/// texts, so that a million rows take some ten megabytes.
/// </summary>
internal sealed class DuplicateRows
{
    private readonly Dictionary<ulong, SeenRow> _byInputs = [];
    private readonly Dictionary<ulong, SeenRow> _byNearText = [];
    private readonly List<string> _files = [];

    /// <summary>Notes a row.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public (string Code, string Message)? Add(DatasetRow row)
    {
        if (_files.Count == 0 || _files[_files.Count - 1] != row.DisplayPath)
        {
            _files.Add(row.DisplayPath);
        }

        var seen = new SeenRow(row.Hash.Start, row.Position.Line, (ushort)(_files.Count - 1), row.Split);
        if (_byInputs.TryGetValue(row.InputsHash.Start, out SeenRow first))
        {
            return Compare(row, seen, first);
        }

        _byInputs.Add(row.InputsHash.Start, seen);
        if (NearText.Hash(row.Inputs) is not { } near)
        {
            return null;
        }

        if (_byNearText.TryGetValue(near, out SeenRow similar))
        {
            return similar.Split == seen.Split
                ? null
                : (ErrorCodes.LeakedRow, $"{Leak(row, similar)} It differs from that row in case, spaces or punctuation only. Remove one of the two.");
        }

        if (row.Split != DatasetSplits.Test)
        {
            _byNearText.Add(near, seen);
        }

        return null;
    }

    private (string Code, string Message) Compare(DatasetRow row, SeenRow seen, SeenRow first)
    {
        if (first.Split != seen.Split)
        {
            return (ErrorCodes.LeakedRow, Leak(row, first) + " Remove one of the two.");
        }

        return first.Hash == seen.Hash
            ? (ErrorCodes.DuplicateRow, $"The row is the same as {Place(first)}. It counts twice, and with rows held back for validation one may be trained on and the other measured. Remove one of the two.")
            : (ErrorCodes.ConflictingRows, $"The same inputs stand at {Place(first)} with other outputs, so one of the two rows is wrong. Correct it.");
    }

    private string Leak(DatasetRow row, SeenRow first)
    {
        string other = first.Split == SeenRow.IndexOf(DatasetSplits.Train) ? "training" : "validation";
        return row.Split == DatasetSplits.Test
            ? $"This test row is also a {other} row, {Place(first)}: it measures what the model remembers, not what it can do."
            : $"This validation row is also a {other} row, {Place(first)}: it chooses the model that remembers best, not the one that answers best.";
    }

    private string Place(SeenRow row) => string.Format(CultureInfo.InvariantCulture, "{0}({1})", _files[row.File], row.Line);

    /// <summary>What is needed of a row to report a later one: 16 bytes.</summary>
    private readonly struct SeenRow(ulong hash, int line, ushort file, string split)
    {
        public ulong Hash { get; } = hash;

        public int Line { get; } = line;

        public ushort File { get; } = file;

        public byte Split { get; } = IndexOf(split);

        public static byte IndexOf(string split) => split == DatasetSplits.Train ? (byte)0 : split == DatasetSplits.Validation ? (byte)1 : (byte)2;
    }
}
