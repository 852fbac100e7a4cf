namespace EdgeBuild.LlamaCpp;

/// <summary>Widening of metadata values to the types that the API has.</summary>
internal static unsafe class GgufValues
{
    internal delegate T? Reader<T>(GgufValueType type, void* data, int index)
        where T : struct;

    public static long? Integer(GgufValueType type, void* data, int index) => type switch
    {
        GgufValueType.UInt8 => ((byte*)data)[index],
        GgufValueType.Int8 => ((sbyte*)data)[index],
        GgufValueType.UInt16 => ((ushort*)data)[index],
        GgufValueType.Int16 => ((short*)data)[index],
        GgufValueType.UInt32 => ((uint*)data)[index],
        GgufValueType.Int32 => ((int*)data)[index],
        GgufValueType.UInt64 => ((ulong*)data)[index] <= long.MaxValue ? (long)((ulong*)data)[index] : null,
        GgufValueType.Int64 => ((long*)data)[index],
        GgufValueType.Boolean => ((byte*)data)[index] != 0 ? 1 : 0,
        _ => null,
    };

    public static double? Number(GgufValueType type, void* data, int index) => type switch
    {
        GgufValueType.Float32 => ((float*)data)[index],
        GgufValueType.Float64 => ((double*)data)[index],
        _ => Integer(type, data, index),
    };
}
