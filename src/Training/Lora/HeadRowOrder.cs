namespace EdgeBuild.Training;

/// <summary>
/// The order of the rows of q and k in llama models. Hugging Face row h·d + i·d/2 + j is GGUF row h·d + 2j + i, with i in {0, 1} and j below d/2
/// (<c>LlamaModel.permute</c> of llama.cpp's converter).
/// </summary>
internal static class HeadRowOrder
{
    /// <summary>Reorders the rows of a matrix.</summary>
    /// <param name="values">[rows, <paramref name="columns"/>].</param>
    /// <param name="columns">The values of a row.</param>
    /// <param name="headCount">The number of heads, or 0 for a matrix that is in the same order everywhere.</param>
    /// <param name="toGguf">True from Hugging Face to GGUF, false back.</param>
    /// <returns>A new array, or <paramref name="values"/> when there are no heads.</returns>
    public static float[] Reorder(float[] values, int columns, int headCount, bool toGguf)
    {
        if (headCount == 0)
        {
            return values;
        }

        int rows = values.Length / columns;
        int headLength = rows / headCount;
        int half = headLength / 2;
        var result = new float[values.Length];
        for (int row = 0; row < rows; row++)
        {
            int head = row / headLength;
            int inHead = row % headLength;
            int gguf = (head * headLength) + (2 * (inHead % half)) + (inHead / half);
            (int source, int target) = toGguf ? (row, gguf) : (gguf, row);
            values.AsSpan(source * columns, columns).CopyTo(result.AsSpan(target * columns));
        }

        return result;
    }
}
