namespace EdgeBuild.LlamaCpp;

/// <summary>A tensor that <see cref="GgufWriter"/> will write: its entry, and how its bytes come.</summary>
internal sealed record GgufTensorSource(string Name, GgmlType Type, long[] Shape, long ByteCount, Action<Stream> Write);
