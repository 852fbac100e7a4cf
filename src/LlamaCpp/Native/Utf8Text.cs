using System.Runtime.InteropServices;
using System.Text;

namespace EdgeBuild.LlamaCpp.Native;

/// <summary>UTF-8 text across the native border.</summary>
internal static unsafe class Utf8Text
{
    /// <summary>Reads a zero-terminated string; damaged UTF-8 becomes replacement characters.</summary>
    public static string Read(byte* text) =>
        text == null ? string.Empty : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));

    /// <summary>The zero-terminated bytes of a string.</summary>
    public static byte[] Terminated(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
