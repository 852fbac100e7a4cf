namespace EdgeBuild.LanguageServer.Documents;

/// <summary>
/// What a document holds at one time; later edits leave it as it is. It shares its lines with the document, so that a snapshot of a large file takes
/// hardly any memory.
/// </summary>
/// <param name="lines">The lines with their ends.</param>
internal sealed class DocumentText(string[] lines)
{
    /// <summary>Opens the text in UTF-8.</summary>
    /// <returns>A stream that reads line by line.</returns>
    public Stream OpenRead() => new LineStream(lines);

    /// <inheritdoc/>
    public override string ToString() => string.Concat(lines);
}
