using System.Text;

namespace EdgeBuild.LanguageServer.Documents;

/// <summary>Lines as a stream of UTF-8, encoded one at a time: the bytes of a large file are never there at once.</summary>
/// <param name="lines">The lines with their ends.</param>
internal sealed class LineStream(string[] lines) : Stream
{
    private byte[] _encoded = [];
    private int _length;
    private int _offset;
    private int _next;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length && Encode())
        {
            int count = Math.Min(buffer.Length - read, _length - _offset);
            _encoded.AsSpan(_offset, count).CopyTo(buffer[read..]);
            _offset += count;
            read += count;
        }

        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // No character spans two lines: a line ends with its line end.
    private bool Encode()
    {
        while (_offset == _length && _next < lines.Length)
        {
            string line = lines[_next++];
            int most = Encoding.UTF8.GetMaxByteCount(line.Length);
            if (_encoded.Length < most)
            {
                _encoded = new byte[most];
            }

            _length = Encoding.UTF8.GetBytes(line, _encoded);
            _offset = 0;
        }

        return _offset < _length;
    }
}
