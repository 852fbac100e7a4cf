using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.Worker.Signing;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class SigningTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("edgebuild-signing-").FullName;

    public TestContext TestContext { get; set; } = null!;

    private string Folder => Path.Combine(_root, "model");

    private string Signature => Path.Combine(Folder, ModelSignature.FileName);

    [TestInitialize]
    public void WriteModel()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "sub"));
        File.WriteAllText(Path.Combine(Folder, "b.gguf"), "weights");
        File.WriteAllText(Path.Combine(Folder, "sub", "a.json"), "{}");
        File.WriteAllText(Path.Combine(Folder, ".gitignore"), "x");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [TestMethod]
    [DataRow("nistP256", "sha256")]
    [DataRow("nistP384", "sha384")]
    [DataRow("nistP521", "sha512")]
    public void Openssl_verifies_the_signature_and_the_bundle_is_as_model_signing_writes_it(string curve, string hash)
    {
        (string privateKey, string publicKey) = WriteKeys(ECCurve.CreateFromFriendlyName(curve));
        Sign(privateKey);

        JsonNode bundle = JsonNode.Parse(File.ReadAllText(Signature))!;
        Assert.AreEqual("application/vnd.dev.sigstore.bundle.v0.3+json", (string?)bundle["mediaType"]);
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(publicKey))), (string?)bundle["verificationMaterial"]!["publicKey"]!["hint"]);
        Assert.AreEqual("application/vnd.in-toto+json", (string?)bundle["dsseEnvelope"]!["payloadType"]);
        byte[] payload = Convert.FromBase64String((string)bundle["dsseEnvelope"]!["payload"]!);
        JsonNode statement = JsonNode.Parse(payload)!;
        Assert.AreEqual("https://in-toto.io/Statement/v1", (string?)statement["_type"]);
        Assert.AreEqual("https://model_signing/signature/v1.0", (string?)statement["predicateType"]);
        Assert.AreEqual("model", (string?)statement["subject"]![0]!["name"]);
        byte[][] hashes = [SHA256.HashData("weights"u8), SHA256.HashData("{}"u8)];
        Assert.AreEqual(Convert.ToHexStringLower(SHA256.HashData([.. hashes[0], .. hashes[1]])), (string?)statement["subject"]![0]!["digest"]!["sha256"]);
        CollectionAssert.AreEqual(new[] { "b.gguf", "sub/a.json" }, statement["predicate"]!["resources"]!.AsArray().Select(file => (string?)file!["name"]).ToArray());
        CollectionAssert.AreEqual(hashes.Select(bytes => Convert.ToHexStringLower(bytes)).ToArray(), statement["predicate"]!["resources"]!.AsArray().Select(file => (string?)file!["digest"]).ToArray());
        Assert.AreEqual("files", (string?)statement["predicate"]!["serialization"]!["method"]);

        // What DSSE signs, put together here by hand.
        string message = Write("message", [.. Encoding.UTF8.GetBytes($"DSSEv1 28 application/vnd.in-toto+json {payload.Length} "), .. payload]);
        string signature = Write("signature", Convert.FromBase64String((string)bundle["dsseEnvelope"]!["signatures"]![0]!["sig"]!));
        Assert.Contains("Verified OK", OpenSsl("dgst", "-" + hash, "-verify", publicKey, "-signature", signature, message));
    }

    [TestMethod]
    public void A_changed_an_added_and_a_missing_file_and_another_key_are_refused()
    {
        (string privateKey, string publicKey) = WriteKeys(ECCurve.NamedCurves.nistP256);
        Sign(privateKey);
        Assert.HasCount(2, Verify(publicKey).Files);
        File.WriteAllText(Path.Combine(Folder, ".gitignore"), "what git adds is no part of a model");
        Assert.AreEqual("model", Verify(publicKey).Name);

        File.WriteAllText(Path.Combine(Folder, "b.gguf"), "Weights");
        File.WriteAllText(Path.Combine(Folder, "c.txt"), "new");
        File.Delete(Path.Combine(Folder, "sub", "a.json"));
        EdgeBuildException changed = Refused(publicKey);
        Assert.Contains("sub/a.json is missing, b.gguf was changed, c.txt was not signed", changed.Message);

        (_, string other) = WriteKeys(ECCurve.NamedCurves.nistP256, "other");
        Assert.Contains("not made with this key", Refused(other).Message);
    }

    [TestMethod]
    public void A_tampered_statement_and_a_damaged_bundle_are_refused()
    {
        (string privateKey, string publicKey) = WriteKeys(ECCurve.NamedCurves.nistP256);
        Sign(privateKey);
        JsonNode bundle = JsonNode.Parse(File.ReadAllText(Signature))!;
        string statement = Encoding.UTF8.GetString(Convert.FromBase64String((string)bundle["dsseEnvelope"]!["payload"]!));
        bundle["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(statement.Replace("b.gguf", "c.gguf", StringComparison.Ordinal)));
        File.WriteAllText(Signature, bundle.ToJsonString());
        Assert.Contains("not made with this key, or was changed", Refused(publicKey).Message);
        foreach (string damaged in new[] { "{}", "no JSON", "[]", """{"dsseEnvelope":{"payloadType":"application/vnd.in-toto+json","payload":"!","signatures":[]}}""" })
        {
            File.WriteAllText(Signature, damaged);
            Assert.Contains("no Sigstore bundle", Refused(publicKey).Message);
        }
    }

    [TestMethod]
    public void Keys_that_cannot_sign_are_told()
    {
        (_, string publicKey) = WriteKeys(ECCurve.NamedCurves.nistP256);
        Assert.Contains("holds a public key", Unusable(publicKey));
        Assert.Contains("no key of an elliptic curve", Unusable(Write("text.pem", "text"u8.ToArray())));
        using (var rsa = RSA.Create(2048))
        {
            Assert.Contains("no key of an elliptic curve", Unusable(Write("rsa.pem", Encoding.ASCII.GetBytes(rsa.ExportPkcs8PrivateKeyPem()))));
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains(SigningKey.PasswordVariable, Unusable(Write("encrypted.pem", Encoding.ASCII.GetBytes(
            key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))))));
    }

    private void Sign(string privateKey)
    {
        using ECDsa key = SigningKey.ReadPrivate(privateKey);
        Assert.AreEqual(Signature, ModelSignature.Sign(Folder, key, TestContext.CancellationToken));
    }

    private ModelStatement Verify(string publicKey)
    {
        using ECDsa key = SigningKey.ReadPublic(publicKey);
        return ModelSignature.Verify(Folder, Signature, key, TestContext.CancellationToken);
    }

    private EdgeBuildException Refused(string publicKey)
    {
        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => Verify(publicKey));
        Assert.AreEqual(ErrorCodes.InvalidSignature, exception.Code);
        return exception;
    }

    private static string Unusable(string path)
    {
        EdgeBuildException exception = Assert.ThrowsExactly<EdgeBuildException>(() => SigningKey.ReadPrivate(path));
        Assert.AreEqual(ErrorCodes.UnusableSigningKey, exception.Code);
        return exception.Message;
    }

    /// <summary>Keys as openssl writes them.</summary>
    private (string Private, string Public) WriteKeys(ECCurve curve, string name = "key")
    {
        using var key = ECDsa.Create(curve);
        string path = Write(name + ".pem", Encoding.ASCII.GetBytes(key.ExportECPrivateKeyPem()));
        string publicPath = Path.Combine(_root, name + ".pub.pem");
        OpenSsl("ec", "-in", path, "-pubout", "-out", publicPath);
        return (path, publicPath);
    }

    private string Write(string name, byte[] content)
    {
        string path = Path.Combine(_root, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static string OpenSsl(params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, output + errors.Result);
        return output;
    }
}
