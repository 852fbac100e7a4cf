using System.Security.Cryptography;
using System.Text;

namespace EdgeBuild.Contracts;

/// <summary>
/// Builds a SHA-256 over a list of named parts. Each part is framed by its lengths, so that two different lists never give
/// the same bytes.
/// </summary>
public sealed class ContentKey : IDisposable
{
    private readonly SHA256 _hash = SHA256.Create();
    private bool _finished;

    /// <summary>Adds a named part.</summary>
    /// <param name="name">What the part is.</param>
    /// <param name="value">Its canonical text.</param>
    /// <returns>This instance.</returns>
    public ContentKey Add(string name, string value)
    {
        Append(name);
        Append(value);
        return this;
    }

    /// <summary>Ends the key; nothing can be added afterwards.</summary>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string Finish()
    {
        if (!_finished)
        {
            _hash.TransformFinalBlock([], 0, 0);
            _finished = true;
        }

        return ToHex(_hash.Hash!);
    }

    /// <summary>Hashes one text.</summary>
    /// <param name="text">The text; hashed as UTF-8.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string OfText(string text)
    {
        using var sha = SHA256.Create();
        return ToHex(sha.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Hashes lines without holding the whole text: equal to <see cref="OfText"/> of the lines joined by <c>\n</c>.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string OfLines(IEnumerable<string> lines)
    {
        using var sha = SHA256.Create();
        bool first = true;
        foreach (string line in lines)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(first ? line : "\n" + line);
            sha.TransformBlock(bytes, 0, bytes.Length, null, 0);
            first = false;
        }

        sha.TransformFinalBlock([], 0, 0);
        return ToHex(sha.Hash!);
    }

    /// <summary>Hashes a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public static string OfFile(string path)
    {
        using var sha = SHA256.Create();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        return ToHex(sha.ComputeHash(stream));
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    private static string ToHex(byte[] bytes)
    {
        const string Digits = "0123456789abcdef";
        var text = new StringBuilder(bytes.Length * 2);
        foreach (byte value in bytes)
        {
            text.Append(Digits[value >> 4]).Append(Digits[value & 15]);
        }

        return text.ToString();
    }

    private void Append(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] length = BitConverter.GetBytes((long)bytes.Length);
        if (!BitConverter.IsLittleEndian)
        {
            Array.Reverse(length);
        }

        _hash.TransformBlock(length, 0, length.Length, null, 0);
        _hash.TransformBlock(bytes, 0, bytes.Length, null, 0);
    }
}
