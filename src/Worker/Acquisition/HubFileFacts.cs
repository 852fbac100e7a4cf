namespace EdgeBuild.Worker.Acquisition;

/// <summary>What the hub says of a file before it is downloaded.</summary>
/// <param name="Commit">The commit that the file was looked up in; empty when the server does not say.</param>
/// <param name="Etag">The name of its content; empty when the server gives none.</param>
/// <param name="Size">Its size in bytes, or null.</param>
internal sealed record HubFileFacts(string Commit, string Etag, long? Size)
{
    /// <summary>Gets the SHA-256 of the content; null when the server does not know it.</summary>
    public string? Sha256 => Etag.Length == 64 && Etag.All(char.IsAsciiHexDigit) ? Etag.ToLowerInvariant() : null;
}
