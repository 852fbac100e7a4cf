using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Signing;

/// <summary>
/// What a signature of a model says (OpenSSF Model Signing 1.0): an in-toto statement that lists all files of a folder with their hashes. Its subject is the
/// folder, whose digest is the SHA-256 of the digests of all files in their order.
/// </summary>
/// <param name="Name">The name of the folder.</param>
/// <param name="Digest">The digest of the whole.</param>
/// <param name="Files">The files with their SHA-256, by their path with forward slashes, in ordinal order.</param>
public sealed record ModelStatement(string Name, string Digest, IReadOnlyList<KeyValuePair<string, string>> Files)
{
    /// <summary>The type of an in-toto statement.</summary>
    public const string StatementType = "https://in-toto.io/Statement/v1";

    /// <summary>The type of what it says.</summary>
    public const string PredicateType = "https://model_signing/signature/v1.0";

    // What git adds to a folder is no part of a model.
    private static readonly string[] _ignored = [ModelSignature.FileName, ".git", ".gitattributes", ".github", ".gitignore"];

    /// <summary>Describes a folder as it is.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The statement.</returns>
    public static ModelStatement Of(string folder, CancellationToken cancellationToken)
    {
        string root = Path.GetFullPath(folder);
        KeyValuePair<string, string>[] files =
        [
            .. Directory.EnumerateFiles(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
                .Select(path => Path.GetRelativePath(root, path).Replace('\\', '/'))
                .Where(path => !_ignored.Contains(path.Split('/')[0], StringComparer.Ordinal))
                .Order(StringComparer.Ordinal)
                .Select(path => KeyValuePair.Create(path, FileHash.Sha256(Path.Combine(root, path), cancellationToken))),
        ];
        return new ModelStatement(Path.GetFileName(Path.TrimEndingDirectorySeparator(root)), DigestOf(files), files);
    }

    /// <summary>Reads a statement.</summary>
    /// <param name="json">Its JSON.</param>
    /// <returns>The statement; null when it is another one, or does not agree with itself.</returns>
    public static ModelStatement? Parse(ReadOnlySpan<byte> json)
    {
        JsonNode? root = JsonNode.Parse(json);
        if (root is null
            || (string?)root["_type"] != StatementType
            || (string?)root["predicateType"] != PredicateType
            || root["subject"] is not JsonArray { Count: 1 } subjects
            || root["predicate"]?["resources"] is not JsonArray resources
            || (string?)root["predicate"]?["serialization"]?["method"] != "files")
        {
            return null;
        }

        KeyValuePair<string, string>[] files =
            [.. resources.Where(resource => (string?)resource?["algorithm"] == "sha256").Select(resource => KeyValuePair.Create((string?)resource!["name"] ?? string.Empty, (string?)resource["digest"] ?? string.Empty))];
        string digest = (string?)subjects[0]?["digest"]?["sha256"] ?? string.Empty;
        return files.Length == resources.Count && digest == DigestOf(files) ? new ModelStatement((string?)subjects[0]?["name"] ?? string.Empty, digest, files) : null;
    }

    /// <summary>Writes the statement.</summary>
    /// <returns>JSON in UTF-8.</returns>
    public byte[] ToJson() => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["_type"] = StatementType,
        ["subject"] = new JsonArray(new JsonObject { ["name"] = Name, ["digest"] = new JsonObject { ["sha256"] = Digest } }),
        ["predicateType"] = PredicateType,
        ["predicate"] = new JsonObject
        {
            ["serialization"] = new JsonObject
            {
                ["method"] = "files",
                ["hash_type"] = "sha256",
                ["allow_symlinks"] = false,
                ["ignore_paths"] = new JsonArray([.. _ignored.Select(path => JsonValue.Create(path))]),
            },
            ["resources"] = new JsonArray([.. Files.Select(file => new JsonObject { ["name"] = file.Key, ["algorithm"] = "sha256", ["digest"] = file.Value })]),
        },
    }.ToJsonString());

    private static string DigestOf(IEnumerable<KeyValuePair<string, string>> files) =>
        Convert.ToHexStringLower(SHA256.HashData([.. files.SelectMany(file => Convert.FromHexString(file.Value))]));
}
