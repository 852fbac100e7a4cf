namespace EdgeBuild.LanguageServer.Documents;

/// <summary>File URIs, as editors write them.</summary>
internal static class DocumentUri
{
    /// <summary>The URI of a file.</summary>
    public static string From(string path) => new Uri(Path.GetFullPath(path)).AbsoluteUri;

    /// <summary>The path of a URI; null when it is no file, as an unsaved buffer.</summary>
    public static string? ToPath(string uri) => Uri.TryCreate(uri, UriKind.Absolute, out Uri? parsed) && parsed.IsFile ? parsed.LocalPath : null;
}
