using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>One row of a dataset file, not yet checked against a prompt.</summary>
/// <param name="Position">Where the row starts and ends.</param>
/// <param name="Fields">The values in the order of the file.</param>
public sealed record DatasetRecord(SourcePosition Position, IReadOnlyList<DatasetField> Fields)
{
    /// <summary>Gets the value of a column.</summary>
    /// <param name="name">The exact name.</param>
    /// <returns>The value, or null.</returns>
    public DatasetField? Find(string name)
    {
        foreach (DatasetField field in Fields)
        {
            if (string.Equals(field.Name, name, StringComparison.Ordinal))
            {
                return field;
            }
        }

        return null;
    }
}
