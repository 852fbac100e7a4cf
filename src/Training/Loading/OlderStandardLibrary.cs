using System.Security.Cryptography;
using EdgeBuild.Contracts;

namespace EdgeBuild.Training;

/// <summary>
/// Makes TorchSharp's native binding loadable where libstdc++ ends at GLIBCXX_3.4.30 or 3.4.31. The binding asks for GLIBCXX_3.4.32 only because
/// of one symbol that nothing binds, so marking that requirement as weak in a private copy changes nothing else.
/// </summary>
internal static class OlderStandardLibrary
{
    public const string VersionName = "GLIBCXX_3.4.32";

    private const string LibraryName = "libstdc++.so.6";

    /// <summary>Gets the changed copy, which is made once and lies in EdgeBuild's cache, named by the hash of the original.</summary>
    /// <param name="original">The file of the package; it is not touched.</param>
    /// <returns>The path of the copy.</returns>
    /// <exception cref="EdgeBuildException">EDGE4006: the file is not one for which the change is known to be right.</exception>
    public static string GetPatchedCopy(string original)
    {
        byte[] bytes = File.ReadAllBytes(original);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        string directory = Path.Combine(LibTorchPayload.CacheDirectory, "libtorch", "bindings", hash);
        string path = Path.Combine(directory, Path.GetFileName(original));
        if (File.Exists(path) && new FileInfo(path).Length == bytes.Length)
        {
            return path;
        }

        try
        {
            ElfVersionRequirement.MakeWeak(bytes, LibraryName, VersionName);
        }
        catch (InvalidDataException exception)
        {
            throw new EdgeBuildException(
                ErrorCodes.LibTorchUnavailable,
                $"The libstdc++ of this host lacks {VersionName}, and TorchSharp's native file is not the one that EdgeBuild can adapt: {exception.Message} Restore TorchSharp {LibTorch.BindingVersion} again, or use a host with GCC 13 or newer.",
                original,
                innerException: exception);
        }

        Directory.CreateDirectory(directory);
        string temporary = Path.Combine(directory, $".{Path.GetRandomFileName()}");
        File.WriteAllBytes(temporary, bytes);
        string license = Path.Combine(Path.GetDirectoryName(original)!, "..", "..", "..", "LICENSE.txt");
        if (File.Exists(license))
        {
            File.Copy(license, Path.Combine(directory, "LICENSE.txt"), overwrite: true);
        }

        File.Move(temporary, path, overwrite: true);
        return path;
    }
}
