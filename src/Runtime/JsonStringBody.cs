using System.Text;

namespace EdgeBuild.Runtime;

/// <summary>Collects the bytes of a JSON string after its opening quote, piece by piece, and finds its end.</summary>
internal sealed class JsonStringBody
{
    private readonly List<byte> _bytes = [];
    private bool _escaped;

    /// <summary>Appends a piece up to the closing quote.</summary>
    /// <param name="piece">UTF-8; may end within a character.</param>
    /// <returns>True when the piece held the closing quote.</returns>
    public bool Append(ReadOnlySpan<byte> piece)
    {
        foreach (byte value in piece)
        {
            if (_escaped)
            {
                _escaped = false;
            }
            else if (value == (byte)'\\')
            {
                _escaped = true;
            }
            else if (value == (byte)'"')
            {
                return true;
            }

            _bytes.Add(value);
        }

        return false;
    }

    /// <summary>Converts the collected bytes to text, escapes resolved.</summary>
    /// <returns>Valid text, even when the string was cut within an escape or a character.</returns>
    public string ToText()
    {
        string raw = Utf8Text.Decode([.. _bytes]);
        if (!raw.Contains('\\'))
        {
            return raw;
        }

        var text = new StringBuilder(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            if (++i == raw.Length)
            {
                break;
            }

            if (raw[i] == 'u')
            {
                if (i + 4 >= raw.Length || !ushort.TryParse(raw.AsSpan(i + 1, 4), System.Globalization.NumberStyles.AllowHexSpecifier, null, out ushort unit))
                {
                    break;
                }

                text.Append((char)unit);
                i += 4;
                continue;
            }

            text.Append(raw[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\b',
                'f' => '\f',
                char other => other,
            });
        }

        return Utf8Text.ReplaceLoneSurrogates(text.ToString());
    }
}
