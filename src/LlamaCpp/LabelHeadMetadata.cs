using EdgeBuild.Contracts;
using EdgeBuild.Runtime;

namespace EdgeBuild.LlamaCpp;

/// <summary>
/// Label heads in the metadata of a GGUF file, a model's or an adapter's. Metadata and not tensors: llama.cpp refuses a model with tensors that
/// its graph does not know, and copies and ignores keys that it does not know.
/// </summary>
public static class LabelHeadMetadata
{
    private const string Names = "edgebuild.label_heads";
    private const string Counts = "edgebuild.label_heads.label_count";
    private const string Values = "edgebuild.label_head.";

    /// <summary>The name of the head of an output.</summary>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="output">The output's name.</param>
    /// <returns>The name.</returns>
    public static string NameOf(string prompt, string output) => $"{prompt}/{output}";

    /// <summary>Adds heads.</summary>
    /// <param name="writer">The file.</param>
    /// <param name="heads">The heads.</param>
    public static void Write(GgufWriter writer, IReadOnlyList<LabelHeadValues> heads)
    {
        if (heads.Count == 0)
        {
            return;
        }

        writer.SetArray(Names, [.. heads.Select(head => head.Name)]);
        writer.SetArray(Counts, heads.Select(head => head.LabelCount).ToArray());
        for (int index = 0; index < heads.Count; index++)
        {
            writer.SetArray(Key(index), heads[index].Values.AsSpan());
        }
    }

    /// <summary>Reads the heads of a file.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The heads in the order in which they were written.</returns>
    /// <exception cref="EdgeModelException">EDGE4001: they are damaged.</exception>
    public static IReadOnlyList<LabelHeadValues> Read(GgufFile file)
    {
        string[] names = file.GetStrings(Names) ?? [];
        long[] counts = file.GetIntegers(Counts) ?? [];
        var heads = new List<LabelHeadValues>();
        for (int index = 0; index < names.Length; index++)
        {
            float[]? values = file.GetFloats(Key(index));
            long count = index < counts.Length ? counts[index] : 0;
            if (values is null || count < 1 || values.Length < 2 * count || values.Length % count != 0)
            {
                throw new EdgeModelException(
                    ErrorCodes.InvalidGguf, $"The label head '{names[index]}' of the file is incomplete. Build the model again.", file.Path);
            }

            heads.Add(new LabelHeadValues(names[index], (int)count, values));
        }

        return heads;
    }

    private static string Key(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Values}{index}");
}
