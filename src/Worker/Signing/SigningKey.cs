using System.Security.Cryptography;
using System.Text;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Signing;

/// <summary>Reads the user's keys: elliptic curves P-256, P-384 and P-521 in PEM files, as OpenSSF Model Signing asks for.</summary>
public static class SigningKey
{
    /// <summary>The variable with the password of an encrypted private key: a command line is seen by others.</summary>
    public const string PasswordVariable = "EDGEBUILD_SIGNING_PASSWORD";

    /// <summary>Reads a private key.</summary>
    /// <param name="path">A PEM file.</param>
    /// <returns>The key.</returns>
    /// <exception cref="EdgeBuildException">EDGE3007: it is none, or needs a password.</exception>
    public static ECDsa ReadPrivate(string path)
    {
        string pem = Read(path);
        string? password = pem.Contains("ENCRYPTED", StringComparison.Ordinal)
            ? Environment.GetEnvironmentVariable(PasswordVariable) ?? throw Unusable(path, $"is encrypted, and the variable {PasswordVariable} with its password is not set")
            : null;
        ECDsa key = Import(path, imported =>
        {
            if (password is null)
            {
                imported.ImportFromPem(pem);
            }
            else
            {
                imported.ImportFromEncryptedPem(pem, password);
            }
        });
        if (IsPublicOnly(key))
        {
            key.Dispose();
            throw Unusable(path, "holds a public key; signing needs the private one");
        }

        return key;
    }

    /// <summary>Reads a public key; a private one is taken for the public one that belongs to it.</summary>
    /// <param name="path">A PEM file.</param>
    /// <returns>The key.</returns>
    /// <exception cref="EdgeBuildException">EDGE3007: it is none.</exception>
    public static ECDsa ReadPublic(string path) => Import(path, key => key.ImportFromPem(Read(path)));

    /// <summary>Names a key: the SHA-256 of the PEM text of its public part, with a line end, as other implementations have it.</summary>
    /// <param name="key">The key.</param>
    /// <returns>64 hexadecimal digits.</returns>
    public static string Hint(ECDsa key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem() + "\n")));

    /// <summary>Gets the hash that belongs to a key's curve.</summary>
    /// <param name="key">The key.</param>
    /// <returns>SHA-256, SHA-384 or SHA-512.</returns>
    public static HashAlgorithmName HashOf(ECDsa key) => key.KeySize switch
    {
        256 => HashAlgorithmName.SHA256,
        384 => HashAlgorithmName.SHA384,
        _ => HashAlgorithmName.SHA512,
    };

    private static string Read(string path) => File.Exists(path)
        ? File.ReadAllText(path)
        : throw new EdgeBuildException(ErrorCodes.FileNotFound, $"The key file '{path}' does not exist.", path);

    private static ECDsa Import(string path, Action<ECDsa> import)
    {
        var key = ECDsa.Create();
        try
        {
            import(key);
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw Unusable(path, "is no key of an elliptic curve in a PEM file, or its password is another one", exception);
        }

        // A curve by its name: Brainpool and Koblitz curves have the same sizes, and no other verifier knows them.
        if (key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value is "1.2.840.10045.3.1.7" or "1.3.132.0.34" or "1.3.132.0.35")
        {
            return key;
        }

        key.Dispose();
        throw Unusable(path, "is of another curve than P-256, P-384 or P-521");
    }

    private static bool IsPublicOnly(ECDsa key)
    {
        try
        {
            key.ExportParameters(includePrivateParameters: true);
            return false;
        }
        catch (CryptographicException)
        {
            return true;
        }
    }

    private static EdgeBuildException Unusable(string path, string reason, Exception? inner = null) => new(
        ErrorCodes.UnusableSigningKey, $"The key {reason}. Make one with 'openssl ecparam -name prime256v1 -genkey -noout -out key.pem'.", path, default, inner);
}
