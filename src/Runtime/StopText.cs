using System.Text;

namespace EdgeBuild.Runtime;

/// <summary>Hands on text up to the first of some strings, and holds back what may become the beginning of one.</summary>
/// <param name="stops">The strings; empty ones stop nothing.</param>
/// <param name="receive">Is told every piece.</param>
internal sealed class StopText(IReadOnlyList<string> stops, Action<string> receive)
{
    private readonly string[] _stops = [.. stops.Where(stop => stop.Length > 0)];
    private readonly StringBuilder _held = new();

    /// <summary>Gets a value indicating whether one of the strings has come.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Takes a piece of the text.</summary>
    /// <param name="piece">The piece.</param>
    public void Append(string piece)
    {
        if (_stops.Length == 0)
        {
            receive(piece);
            return;
        }

        string text = _held.Append(piece).ToString();
        int[] found = [.. _stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(index => index >= 0)];
        IsStopped = found.Length > 0;
        int end = IsStopped ? found.Min() : text.Length - Held(text);
        _held.Clear();
        if (!IsStopped)
        {
            _held.Append(text, end, text.Length - end);
        }

        if (end > 0)
        {
            receive(text[..end]);
        }
    }

    /// <summary>Hands on what is held back, since nothing follows.</summary>
    public void Flush()
    {
        if (_held.Length > 0)
        {
            receive(_held.ToString());
            _held.Clear();
        }
    }

    private int Held(string text) => _stops.Max(stop =>
    {
        int length = Math.Min(stop.Length - 1, text.Length);
        while (length > 0 && !text.EndsWith(stop[..length], StringComparison.Ordinal))
        {
            length--;
        }

        return length;
    });
}
