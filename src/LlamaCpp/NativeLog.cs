using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using EdgeBuild.LlamaCpp.Native;

namespace EdgeBuild.LlamaCpp;

/// <summary>What llama.cpp and ggml log: pieces are joined to lines and handed to <see cref="NativeLibraries.Log"/>.</summary>
internal static unsafe class NativeLog
{
    private const int Continuation = 5;

    [ThreadStatic]
    private static StringBuilder? t_pending;

    [ThreadStatic]
    private static LlamaLogLevel t_pendingLevel;

    [ThreadStatic]
    private static string? t_lastError;

    /// <summary>Forgets the last error of this thread, before a call whose failure is to be explained.</summary>
    public static void ClearLastError() => t_lastError = null;

    /// <summary>The last error line that native code logged on this thread, with a leading space and a full stop, or nothing.</summary>
    public static string LastError() => t_lastError is { } error ? $" llama.cpp says: {error.TrimEnd('.')}." : string.Empty;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void OnLog(int level, byte* text, nint userData)
    {
        // An exception must never cross into native code.
        try
        {
            Append(level, Utf8Text.Read(text));
        }
        catch (Exception)
        {
            t_pending?.Clear();
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void OnAbort(byte* message)
    {
        // ggml ends the process right after this call; the message is the only trace of why.
        try
        {
            string text = Utf8Text.Read(message);
            NativeLibraries.Log(LlamaLogLevel.Error, text);
            Console.Error.WriteLine("llama.cpp ended the process: " + text);
        }
        catch (Exception)
        {
            Environment.ExitCode = 134;
        }
    }

    private static void Append(int level, string text)
    {
        StringBuilder pending = t_pending ??= new StringBuilder();
        if (level != Continuation)
        {
            Flush(pending);
            t_pendingLevel = (LlamaLogLevel)level;
        }

        pending.Append(text);
        if (text.EndsWith('\n'))
        {
            Flush(pending);
        }
    }

    private static void Flush(StringBuilder pending)
    {
        string line = pending.ToString().TrimEnd();
        pending.Clear();
        if (line.Length == 0)
        {
            return;
        }

        if (t_pendingLevel == LlamaLogLevel.Error)
        {
            t_lastError = line;
        }

        // One such line for every tensor of an adapter on a repacked base; it is expected (src/llama-adapter.cpp).
        LlamaLogLevel level = line.Contains("cannot use buft", StringComparison.Ordinal) ? LlamaLogLevel.Debug : t_pendingLevel;
        if (level >= NativeLibraries.MinimumLogLevel)
        {
            NativeLibraries.Log(level, line);
        }
    }
}
