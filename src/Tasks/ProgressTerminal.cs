namespace EdgeBuild.Tasks;

/// <summary>
/// Standard error of the build: one line that is overwritten when it is a terminal, plain lines when it is a file or pipe. Standard output is
/// never touched, since it belongs to the app under 'dotnet run'. No line end is written to a terminal, so the cursor stays where MSBuild's
/// terminal logger left it, in the line below its own.
/// </summary>
internal sealed class ProgressTerminal : IDisposable
{
    private readonly TextWriter _writer;
    private readonly bool _overwrites;
    private int _shown;

    private ProgressTerminal(TextWriter writer, bool overwrites)
    {
        _writer = writer;
        _overwrites = overwrites;
    }

    /// <summary>
    /// Opens standard error; in a worker node of MSBuild, whose own leads nowhere, that of the build, or else the terminal itself.
    /// </summary>
    /// <returns>The terminal, or null when there is none.</returns>
    public static ProgressTerminal? Open()
    {
        if (!BuildProcess.IsNode)
        {
            return new ProgressTerminal(Console.Error, !Console.IsErrorRedirected);
        }

        if (BuildProcess.Find() is { } process && BuildErrorStream.Open(process, out bool isTerminal) is { } stream)
        {
            return new ProgressTerminal(stream, isTerminal);
        }

        try
        {
            const string UnixTerminal = "/dev/tty";
            return File.Exists(UnixTerminal)
                ? new ProgressTerminal(new StreamWriter(new FileStream(UnixTerminal, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1)), overwrites: true)
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Overwrites the line of a terminal; does nothing elsewhere.</summary>
    public void Update(string text)
    {
        if (_overwrites)
        {
            string shown = text.Length < Width ? text : text.Substring(0, Width - 1);
            _writer.Write("\r" + shown.PadRight(_shown));
            _writer.Flush();
            _shown = shown.Length;
        }
    }

    /// <summary>Writes a line to a file or pipe; does nothing on a terminal.</summary>
    public void WriteLine(string text)
    {
        if (!_overwrites)
        {
            _writer.WriteLine(text);
            _writer.Flush();
        }
    }

    /// <summary>Writes a line that stays.</summary>
    public void WriteMessage(string text)
    {
        _writer.WriteLine(text);
        _writer.Flush();
    }

    /// <summary>Removes the line from a terminal.</summary>
    public void Clear()
    {
        if (_shown > 0)
        {
            _writer.Write("\r" + new string(' ', _shown) + "\r");
            _writer.Flush();
            _shown = 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        if (!ReferenceEquals(_writer, Console.Error))
        {
            _writer.Dispose();
        }
    }

    private static int Width
    {
        get
        {
            try
            {
                return Console.WindowWidth > 20 ? Console.WindowWidth : 80;
            }
            catch (IOException)
            {
                return 80;
            }
        }
    }
}
