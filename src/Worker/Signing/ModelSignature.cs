using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Worker.Signing;

/// <summary>
/// A detached signature of a folder with the user's key (OpenSSF Model Signing 1.0): a Sigstore bundle whose DSSE envelope holds a
/// <see cref="ModelStatement"/>. Nothing is sent anywhere.
/// </summary>
public static class ModelSignature
{
    /// <summary>The file's name, in the folder that it signs.</summary>
    public const string FileName = "model.sig";

    private const string BundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";
    private const string PayloadType = "application/vnd.in-toto+json";
    private const int NamedFiles = 5;

    /// <summary>Signs a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="key">The private key.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The path of the signature.</returns>
    public static string Sign(string folder, ECDsa key, CancellationToken cancellationToken)
    {
        byte[] payload = ModelStatement.Of(folder, cancellationToken).ToJson();
        var bundle = new JsonObject
        {
            ["mediaType"] = BundleType,
            ["verificationMaterial"] = new JsonObject { ["publicKey"] = new JsonObject { ["hint"] = SigningKey.Hint(key) }, ["tlogEntries"] = new JsonArray() },
            ["dsseEnvelope"] = new JsonObject
            {
                ["payload"] = Convert.ToBase64String(payload),
                ["payloadType"] = PayloadType,
                ["signatures"] = new JsonArray(new JsonObject
                {
                    ["sig"] = Convert.ToBase64String(key.SignData(Encode(payload), SigningKey.HashOf(key), DSASignatureFormat.Rfc3279DerSequence)),
                    ["keyid"] = string.Empty,
                }),
            },
        };
        string path = Path.Combine(folder, FileName);
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(bundle.ToJsonString())));
        return path;
    }

    /// <summary>Checks a folder against a signature.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="signaturePath">The signature.</param>
    /// <param name="key">The public key.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>What was signed.</returns>
    /// <exception cref="EdgeBuildException">EDGE3008: the signature is of another key or folder, or files were changed, added or removed.</exception>
    public static ModelStatement Verify(string folder, string signaturePath, ECDsa key, CancellationToken cancellationToken)
    {
        (byte[] payload, byte[] signature) = ReadEnvelope(signaturePath);
        if (!key.VerifyData(Encode(payload), signature, SigningKey.HashOf(key), DSASignatureFormat.Rfc3279DerSequence))
        {
            throw Invalid(signaturePath, "The signature was not made with this key, or was changed");
        }

        ModelStatement signed = ParseStatement(payload) ?? throw Invalid(signaturePath, "What was signed is no statement of OpenSSF Model Signing 1.0 about files");
        var files = ModelStatement.Of(folder, cancellationToken).Files.ToDictionary(StringComparer.Ordinal);
        string[] changes =
        [
            .. signed.Files.Where(file => !files.ContainsKey(file.Key)).Select(file => file.Key + " is missing"),
            .. signed.Files.Where(file => files.TryGetValue(file.Key, out string? hash) && !hash.Equals(file.Value, StringComparison.OrdinalIgnoreCase)).Select(file => file.Key + " was changed"),
            .. files.Keys.Except(signed.Files.Select(file => file.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name => name + " was not signed"),
        ];
        return changes.Length == 0
            ? signed
            : throw Invalid(signaturePath, "The files are not those that were signed: " + string.Join(", ", changes.Take(NamedFiles)) + (changes.Length > NamedFiles ? $" and {changes.Length - NamedFiles} more" : string.Empty));
    }

    private static (byte[] Payload, byte[] Signature) ReadEnvelope(string path)
    {
        if (!File.Exists(path))
        {
            throw new EdgeBuildException(ErrorCodes.FileNotFound, $"There is no signature '{path}'.", path);
        }

        try
        {
            JsonNode? envelope = JsonNode.Parse(File.ReadAllText(path))?["dsseEnvelope"];
            return envelope is not null && (string?)envelope["payloadType"] == PayloadType
                ? (Convert.FromBase64String((string?)envelope["payload"] ?? string.Empty), Convert.FromBase64String((string?)envelope["signatures"]?[0]?["sig"] ?? string.Empty))
                : throw Invalid(path, "The file is no Sigstore bundle with an in-toto statement");
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            throw Invalid(path, "The file is no Sigstore bundle, or damaged");
        }
    }

    private static ModelStatement? ParseStatement(byte[] payload)
    {
        try
        {
            return ModelStatement.Parse(payload);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            // Signed, but nothing that a signer of models would write.
            return null;
        }
    }

    /// <summary>The pre-authentication encoding of DSSE: type and text with their lengths, so that one cannot be taken for the other.</summary>
    private static byte[] Encode(byte[] payload) =>
        [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {PayloadType.Length} {PayloadType} {payload.Length} ")), .. payload];

    private static EdgeBuildException Invalid(string path, string reason) => new(
        ErrorCodes.InvalidSignature, reason + ". Do not use these files; get them anew from whoever signed them.", path);
}
