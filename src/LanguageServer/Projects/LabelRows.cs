using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;

namespace EdgeBuild.LanguageServer.Projects;

/// <summary>What the rows of a prompt hold: examples of inputs, and how often each label stands in them. Read once for each state of the files.</summary>
internal sealed class LabelRows
{
    private const int KeptExamples = 3;

    private readonly Dictionary<string, (long Stamp, FileRows Rows)> _files = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Counts the rows of a label.</summary>
    /// <returns>The number of rows by split.</returns>
    public IReadOnlyDictionary<string, int> Count(IEnumerable<PlannedDataset> datasets, string output, string label) => datasets
        .GroupBy(dataset => dataset.Split, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Sum(dataset => Read(dataset).Counts.GetValueOrDefault((output, label))), StringComparer.Ordinal);

    /// <summary>Gets the first values of a column.</summary>
    public IReadOnlyList<string> Examples(IEnumerable<PlannedDataset> datasets, string column) =>
        [.. datasets.SelectMany(dataset => Read(dataset).Examples.GetValueOrDefault(column, [])).Distinct(StringComparer.Ordinal).Take(KeptExamples)];

    /// <summary>Gets the values of a column that are short and come again, the most frequent first: its labels.</summary>
    public IReadOnlyList<string> Labels(IEnumerable<PlannedDataset> datasets, string column) =>
    [
        .. datasets.SelectMany(dataset => Read(dataset).Counts.Where(entry => entry.Key.Column == column)).GroupBy(entry => entry.Key.Value, StringComparer.Ordinal)
            .Select(group => (Label: group.Key, Rows: group.Sum(entry => entry.Value))).Where(entry => entry.Rows > 1)
            .OrderByDescending(entry => entry.Rows).ThenBy(entry => entry.Label, StringComparer.Ordinal).Select(entry => entry.Label),
    ];

    private FileRows Read(PlannedDataset dataset)
    {
        long stamp = File.GetLastWriteTimeUtc(dataset.Path).Ticks;
        lock (_lock)
        {
            if (_files.TryGetValue(dataset.Path, out (long Stamp, FileRows Rows) known) && known.Stamp == stamp)
            {
                return known.Rows;
            }

            FileRows rows = FileRows.Read(dataset);
            _files[dataset.Path] = (stamp, rows);
            return rows;
        }
    }

    private sealed record FileRows(Dictionary<(string Column, string Value), int> Counts, Dictionary<string, List<string>> Examples)
    {
        // Longer values are texts, of which every row has another.
        private const int LongestLabel = 80;
        private const int MostLabels = 2000;

        public static FileRows Read(PlannedDataset dataset)
        {
            var rows = new FileRows([], []);
            try
            {
                foreach (DatasetField field in DatasetReader.Read(dataset.Path, dataset.DisplayPath, _ => { }).SelectMany(record => record.Fields))
                {
                    rows.Add(field);
                }
            }
            catch (Exception exception) when (exception is EdgeBuildException or IOException or UnauthorizedAccessException)
            {
                // The diagnostics of the file say it.
            }

            return rows;
        }

        private void Add(DatasetField field)
        {
            if (!Examples.TryGetValue(field.Name, out List<string>? examples))
            {
                Examples[field.Name] = examples = [];
            }

            if (examples.Count < KeptExamples && !examples.Contains(field.Text))
            {
                examples.Add(field.Text);
            }

            if (field.Text.Length <= LongestLabel && (Counts.Count < MostLabels || Counts.ContainsKey((field.Name, field.Text))))
            {
                Counts[(field.Name, field.Text)] = Counts.GetValueOrDefault((field.Name, field.Text)) + 1;
            }
        }
    }
}
