using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>
/// Collects the findings of one file in bounded memory: a file with a million bad rows gives as many lines as a person reads, and the number
/// of the rest.
/// </summary>
/// <param name="displayPath">The file.</param>
internal sealed class FileDiagnostics(string displayPath)
{
    private readonly Kept _errors = new(DatasetValidator.MaximumErrorsPerFile);
    private readonly Dictionary<string, Kept> _warnings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Kept> _missing = new(StringComparer.Ordinal);

    public void Error(string code, SourcePosition position, string message) =>
        _errors.Add(new Diagnostic(code, DiagnosticSeverity.Error, displayPath, position, message));

    public void Warning(string code, SourcePosition position, string message) =>
        Add(new Diagnostic(code, DiagnosticSeverity.Warning, displayPath, position, message));

    public void Add(Diagnostic diagnostic) => (diagnostic.IsError ? _errors : WarningsOf(diagnostic.Code)).Add(diagnostic);

    /// <summary>Notes that a row lacks a column. When no row of the file has it, that is one finding: the name is wrong, not the rows.</summary>
    public void MissingColumn(string column, SourcePosition position, string message)
    {
        if (!_missing.TryGetValue(column, out Kept? kept))
        {
            kept = new Kept(DatasetValidator.MaximumErrorsPerFile);
            _missing.Add(column, kept);
        }

        kept.Add(new Diagnostic(ErrorCodes.MissingColumn, DiagnosticSeverity.Error, displayPath, position, message));
    }

    /// <summary>Gets the findings in the order of the lines.</summary>
    /// <param name="seenColumns">The columns that at least one row has.</param>
    public IEnumerable<Diagnostic> ToList(ICollection<string> seenColumns)
    {
        foreach (KeyValuePair<string, Kept> entry in _missing)
        {
            if (seenColumns.Contains(entry.Key))
            {
                _errors.AddAll(entry.Value);
            }
            else
            {
                _errors.Add(entry.Value.First);
            }
        }

        return [.. _errors.ToList("errors"), .. _warnings.Values.SelectMany(kept => kept.ToList("warnings of this kind"))];
    }

    /// <summary>Warnings are counted by code, so that a thousand duplicates do not hide the one test row that was trained on.</summary>
    private Kept WarningsOf(string code)
    {
        if (!_warnings.TryGetValue(code, out Kept? kept))
        {
            kept = new Kept(DatasetValidator.MaximumWarningsPerFile);
            _warnings.Add(code, kept);
        }

        return kept;
    }

    private sealed class Kept(int most)
    {
        private readonly List<Diagnostic> _kept = [];
        private int _count;

        public Diagnostic First => _kept[0];

        public void Add(Diagnostic diagnostic)
        {
            _count++;
            if (_kept.Count < most)
            {
                _kept.Add(diagnostic);
            }
        }

        public void AddAll(Kept other)
        {
            _kept.AddRange(other._kept);
            _count += other._count;
        }

        public Diagnostic[] ToList(string noun)
        {
            Diagnostic[] shown = [.. _kept.OrderBy(item => item.Position.Line).ThenBy(item => item.Position.Column).Take(most)];
            int rest = _count - shown.Length;
            if (rest == 0)
            {
                return shown;
            }

            Diagnostic last = shown[shown.Length - 1];
            return [.. shown, last with { Position = default, Message = $"and {rest} more {noun} in this file." }];
        }
    }
}
