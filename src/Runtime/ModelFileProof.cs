using System.Globalization;

using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>
/// Remembers that a model file had a certain SHA-256, so that later starts of the app need not read the whole file again. A
/// proof holds for one path, size and time of last change. It guards against damage, not against an attacker, who could
/// replace the app as well.
/// </summary>
/// <param name="directory">Where the proofs are kept; created when needed. Null keeps none.</param>
internal sealed class ModelFileProof(string? directory)
{
    /// <summary>Gets the proofs in the user's local application data, or none where there is no such folder.</summary>
    public static ModelFileProof OfUser { get; } = new(UserDirectory());

    /// <summary>Tells whether the file is known to have a hash and has not changed since.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    /// <returns>True when a proof exists.</returns>
    public bool Exists(string path, string sha256)
    {
        if (directory is null)
        {
            return false;
        }

        try
        {
            string proof = ProofPath(path);
            return File.Exists(proof) && File.ReadAllText(proof) == Content(path, sha256);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Remembers that the file has a hash; does nothing when the folder cannot be written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sha256">64 lower-case hexadecimal digits.</param>
    public void Remember(string path, string sha256)
    {
        if (directory is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(directory);
            string proof = ProofPath(path);
            string temporary = proof + "." + Guid.NewGuid().ToString("N");
            File.WriteAllText(temporary, Content(path, sha256));
            File.Move(temporary, proof, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without a proof the next start reads the file again, nothing else changes.
        }
    }

    private static string? UserDirectory()
    {
        string local = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return local.Length == 0 ? null : Path.Combine(local, "EdgeBuild", "verified");
    }

    private static string Content(string path, string sha256)
    {
        FileInfo file = LinkedFile.Follow(path);
        return string.Create(CultureInfo.InvariantCulture, $"{sha256} {file.Length} {file.LastWriteTimeUtc.Ticks}\n");
    }

    private string ProofPath(string path) => Path.Combine(directory!, ContentKey.OfText(Path.GetFullPath(path)) + ".txt");
}
