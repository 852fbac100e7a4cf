using System.Collections;
using EdgeBuild.Data;

namespace EdgeBuild.Tasks;

/// <summary>The rows of a prompt as an adapter key takes them up. They are kept as bytes: a million texts would take 200 MB.</summary>
internal sealed class KeyedRows : IEnumerable<string>
{
    private readonly List<RowHash> _hashes = [];
    private readonly List<(int First, string Split, double Weight)> _parts = [];

    /// <summary>Adds a row.</summary>
    public void Add(DatasetRow row)
    {
        if (_parts.Count == 0 || _parts[_parts.Count - 1] is var last && (last.Split != row.Split || !last.Weight.Equals(row.Weight)))
        {
            _parts.Add((_hashes.Count, row.Split, row.Weight));
        }

        _hashes.Add(row.Hash);
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        int part = 0;
        for (int row = 0; row < _hashes.Count; row++)
        {
            part += part + 1 < _parts.Count && _parts[part + 1].First == row ? 1 : 0;
            yield return ModelKeys.RowText(_parts[part].Split, _parts[part].Weight, _hashes[row]);
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
