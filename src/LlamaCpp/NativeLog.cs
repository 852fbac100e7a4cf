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
    private static StringBuilder? _pending;

    [ThreadStatic]
    private static LlamaLogLevel _pendingLevel;

    [ThreadStatic]
    private static string? _firstError;

    [ThreadStatic]
    private static StringBuilder? _recorded;

    /// <summary>Forgets the errors of this thread, before a call whose failure is to be explained.</summary>
    public static void ClearFirstError() => _firstError = null;

    /// <summary>The first error line that native code logged on this thread since then (later ones only say that the call failed), with a leading space and a full stop, or nothing.</summary>
    public static string FirstError() => _firstError is { } error ? $" llama.cpp says: {error.TrimEnd('.')}." : string.Empty;

    /// <summary>Keeps all that this thread logs, whatever its level, instead of handing it on.</summary>
    public static Recording Record() => new();

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
            _pending?.Clear();
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
        if (_recorded is { } recorded)
        {
            recorded.Append(text);
            if (level == (int)LlamaLogLevel.Error)
            {
                _firstError ??= text.Trim();
            }

            return;
        }

        StringBuilder pending = _pending ??= new StringBuilder();
        if (level != Continuation)
        {
            Flush(pending);
            _pendingLevel = (LlamaLogLevel)level;
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

        if (_pendingLevel == LlamaLogLevel.Error)
        {
            _firstError ??= line;
        }

        // One such line for every tensor of an adapter on a repacked base; it is expected (src/llama-adapter.cpp).
        LlamaLogLevel level = line.Contains("cannot use buft", StringComparison.Ordinal) ? LlamaLogLevel.Debug : _pendingLevel;
        if (level >= NativeLibraries.MinimumLogLevel)
        {
            NativeLibraries.Log(level, line);
        }
    }

    /// <summary>What a thread logs until this is disposed.</summary>
    public sealed class Recording : IDisposable
    {
        private readonly StringBuilder? _outer = _recorded;
        private readonly StringBuilder _text = new();

        internal Recording() => _recorded = _text;

        public string Text => _text.ToString();

        public void Dispose() => _recorded = _outer;
    }
}
