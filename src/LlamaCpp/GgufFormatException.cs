namespace EdgeBuild.LlamaCpp;

/// <summary>What is wrong with a file; <see cref="GgufValidator"/> turns it into EDGE4001 with the path.</summary>
internal sealed class GgufFormatException(string message) : Exception(message)
{
    public static GgufFormatException Truncated() => new("it ends too early: it is truncated");
}
