using System.Text;
using EdgeBuild.Contracts;

namespace EdgeBuild.Data;

/// <summary>
/// Reads the lines of a UTF-8 file one by one. Unlike <see cref="StreamReader"/> it never replaces bytes that are not UTF-8, and it keeps
/// the line ends, which are part of a quoted CSV field.
/// </summary>
internal sealed class Utf8LineReader : IDisposable
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly UTF8Encoding _lenient = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);

    private readonly Stream _stream;
    private readonly string _displayPath;
    private readonly byte[] _buffer = new byte[1 << 16];
    private byte[] _line = new byte[1 << 12];
    private int _start;
    private int _end;
    private int _number;

    public Utf8LineReader(Stream stream, string displayPath)
    {
        _stream = stream;
        _displayPath = displayPath;
    }

    /// <summary>Reads the next line.</summary>
    /// <returns>The line, or null at the end.</returns>
    /// <exception cref="EdgeBuildException">EDGE1109: the bytes are not UTF-8.</exception>
    public TextLine? Read()
    {
        int length = ReadBytes();
        if (length < 0)
        {
            return null;
        }

        _number++;
        int skipped = _number == 1 ? ByteOrderMarkLength(length) : 0;
        string lineEnd = string.Empty;
        int textLength = length - skipped;
        if (length > 0 && _line[length - 1] == '\n')
        {
            bool carriageReturn = length > 1 && _line[length - 2] == '\r';
            lineEnd = carriageReturn ? "\r\n" : "\n";
            textLength -= lineEnd.Length;
        }

        return new TextLine(_number, Decode(skipped, textLength), lineEnd);
    }

    public void Dispose() => _stream.Dispose();

    private string Decode(int start, int length)
    {
        try
        {
            return _strict.GetString(_line, start, length);
        }
        catch (DecoderFallbackException exception)
        {
            int column = _lenient.GetCharCount(_line, start, exception.Index) + 1;
            throw new EdgeBuildException(
                ErrorCodes.UnsupportedDataset,
                "The file is not valid UTF-8 from here on. Save it as UTF-8.",
                _displayPath,
                new SourcePosition(_number, column),
                exception);
        }
    }

    private int ByteOrderMarkLength(int length)
    {
        if (length >= 2 && ((_line[0] == 0xFF && _line[1] == 0xFE) || (_line[0] == 0xFE && _line[1] == 0xFF)))
        {
            throw new EdgeBuildException(
                ErrorCodes.UnsupportedDataset, "The file is UTF-16. Save it as UTF-8.", _displayPath, new SourcePosition(1, 1));
        }

        return length >= 3 && _line[0] == 0xEF && _line[1] == 0xBB && _line[2] == 0xBF ? 3 : 0;
    }

    /// <summary>Collects the bytes up to and with the next line feed in <see cref="_line"/>.</summary>
    /// <returns>Their number, or -1 at the end of the file.</returns>
    private int ReadBytes()
    {
        int length = 0;
        while (true)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = _stream.Read(_buffer, 0, _buffer.Length);
                if (_end == 0)
                {
                    return length == 0 ? -1 : length;
                }
            }

            int lineFeed = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            int count = (lineFeed < 0 ? _end : lineFeed + 1) - _start;
            if (length + count > _line.Length)
            {
                Array.Resize(ref _line, Math.Max(_line.Length * 2, length + count));
            }

            Buffer.BlockCopy(_buffer, _start, _line, length, count);
            length += count;
            _start += count;
            if (lineFeed >= 0)
            {
                return length;
            }
        }
    }
}
