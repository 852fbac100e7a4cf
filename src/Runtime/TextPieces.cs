using System.Text;

namespace EdgeBuild.Runtime;

/// <summary>
/// Hands on text while its bytes come, in pieces that never end within a character. Together they are what
/// <see cref="Utf8Text.Decode"/> makes of all bytes: an unfinished character at the end is left out, other damage becomes U+FFFD.
/// </summary>
/// <param name="receive">Is told every piece that is not empty.</param>
internal sealed class TextPieces(Action<string> receive)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();

    /// <summary>Takes more bytes.</summary>
    /// <param name="bytes">UTF-8; may begin or end within a character.</param>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        char[] characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length + 4)];
        int count = _decoder.GetChars(bytes, characters, flush: false);
        if (count > 0)
        {
            receive(new string(characters, 0, count));
        }
    }
}
