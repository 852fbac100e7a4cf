namespace EdgeBuild.Contracts.Bases;

/// <summary>
/// A base that must be fetched: <c>hf:OWNER/REPO@COMMIT/FILE.gguf</c> or <c>nuget:ID@VERSION</c>, the latter with <c>/FILE.gguf</c> where
/// the package holds several.
/// </summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Name">The repository (<c>OWNER/REPO</c>) or the package's id.</param>
/// <param name="Version">The revision or the package's version; empty when none is named.</param>
/// <param name="File">The file's path in the repository or package; empty for the only one of a package.</param>
public sealed record BaseSource(BaseSourceKind Kind, string Name, string Version, string File)
{
    private const string HubPrefix = "hf:";
    private const string PackagePrefix = "nuget:";

    /// <summary>Gets a value indicating whether the source can never name another file: a commit or a package version, not a branch.</summary>
    public bool IsFixed => Kind == BaseSourceKind.Package ? Version.Length > 0 : Version.Length == 40 && Version.All(IsHexadecimal);

    /// <summary>Tells whether a Source must be fetched; all others are paths.</summary>
    /// <param name="source">The metadata Source of an EdgeBase.</param>
    /// <returns>Whether it has the prefix <c>hf:</c> or <c>nuget:</c>.</returns>
    public static bool IsRemote(string source) =>
        source.StartsWith(HubPrefix, StringComparison.OrdinalIgnoreCase) || source.StartsWith(PackagePrefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a Source.</summary>
    /// <param name="source">A text for which <see cref="IsRemote"/> holds.</param>
    /// <returns>The source, or null when it has another form.</returns>
    public static BaseSource? Parse(string source)
    {
        bool isHub = source.StartsWith(HubPrefix, StringComparison.OrdinalIgnoreCase);
        string rest = source.Substring((isHub ? HubPrefix : PackagePrefix).Length);
        string[] parts = rest.Split('/');
        if (!parts.All(IsName) || (isHub && parts.Length < 3))
        {
            return null;
        }

        // The name has one part more on the hub: OWNER/REPO.
        int last = isHub ? 1 : 0;
        string[] named = parts[last].Split(['@'], 2);
        string file = string.Join("/", parts.Skip(last + 1));
        var parsed = new BaseSource(
            isHub ? BaseSourceKind.Hub : BaseSourceKind.Package,
            isHub ? parts[0] + "/" + named[0] : named[0],
            named.Length == 2 ? named[1] : string.Empty,
            file);
        bool wellFormed = named.All(part => part.Length > 0)
            && (!isHub || parts[0].IndexOf('@') < 0)
            && (isHub || parsed.Version.Length > 0)
            && (file.Length == 0 ? !isHub : file.EndsWith(".gguf", StringComparison.OrdinalIgnoreCase));
        return wellFormed ? parsed : null;
    }

    /// <summary>Says what a Source looks like, for messages.</summary>
    /// <returns>A sentence's part.</returns>
    public static string DescribeForms() => "hf:OWNER/REPO@COMMIT/FILE.gguf, nuget:ID@VERSION, or the path of a GGUF file";

    /// <inheritdoc/>
    public override string ToString() =>
        (Kind == BaseSourceKind.Hub ? HubPrefix : PackagePrefix) + Name + (Version.Length > 0 ? "@" + Version : string.Empty) + (File.Length > 0 ? "/" + File : string.Empty);

    private static bool IsHexadecimal(char c) => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F');

    /// <summary>Whether a part of a path is plain: it becomes part of addresses and of folders on the disk.</summary>
    private static bool IsName(string part) =>
        part.Length > 0 && part is not ("." or "..") && part.All(c => char.IsLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or '+');
}
