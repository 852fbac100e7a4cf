namespace EdgeBuild.Runtime;

/// <summary>Rows that are there already, in the form of rows that come one by one.</summary>
internal static class RowSource
{
    /// <summary>Wraps rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>The same rows.</returns>
    public static async IAsyncEnumerable<IReadOnlyList<string>> From(IEnumerable<IReadOnlyList<string>> rows)
    {
        foreach (IReadOnlyList<string> row in rows)
        {
            yield return row;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}
