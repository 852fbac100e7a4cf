using EdgeBuild.Contracts;
using EdgeBuild.Runtime;
using Microsoft.Win32.SafeHandles;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Looks at a GGUF file before native code does: a damaged file can end the process in native code, where nothing can be caught. It reads
/// only the header; that the data are the right ones is the business of a hash (<see cref="FileHash"/>).
/// </summary>
public static class GgufValidator
{
    /// <summary>Checks a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="requireSupportedArchitecture">Whether a model of an architecture that EdgeBuild does not know is an error too.</param>
    /// <exception cref="EdgeModelException">EDGE4001: the file is damaged or no GGUF file. EDGE4002: the architecture is not supported.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static void Validate(string path, bool requireSupportedArchitecture = false)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        long length = RandomAccess.GetLength(file);
        try
        {
            CheckKind(file, length);
            GgufHeader header = GgufHeader.Read(file, length);
            GgufContentRules.Check(header, path, requireSupportedArchitecture);
        }
        catch (GgufFormatException exception)
        {
            throw Invalid(path, exception.Message);
        }
    }

    /// <summary>Names the files that are most often found in the place of a model.</summary>
    private static void CheckKind(SafeFileHandle file, long length)
    {
        if (length == 0)
        {
            throw new GgufFormatException("it is empty");
        }

        byte[] head = new byte[Math.Min(64, length)];
        head = head[..RandomAccess.Read(file, head, 0)];
        ReadOnlySpan<byte> start = head;
        if (start.StartsWith("version https://git-lfs"u8))
        {
            throw new GgufFormatException("it is a Git LFS pointer and not the model itself; run 'git lfs pull'");
        }

        if (start.StartsWith("<!"u8) || start.StartsWith("<html"u8))
        {
            throw new GgufFormatException("it is a web page, so the address is not that of the file itself");
        }

        if (start.StartsWith("PK\x03\x04"u8))
        {
            throw new GgufFormatException("it is a ZIP archive, for example PyTorch weights; convert the model to GGUF first");
        }
    }

    private static EdgeModelException Invalid(string path, string reason) => new(
        ErrorCodes.InvalidGguf,
        $"The file is not a usable GGUF file: {reason}. Download or export it again and compare its SHA-256.",
        path);
}
