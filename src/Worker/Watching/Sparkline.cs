namespace EdgeBuild.Worker.Watching;

/// <summary>A line of blocks whose heights are values.</summary>
public static class Sparkline
{
    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>Draws values; more than fit are averaged in groups of neighbours.</summary>
    /// <param name="values">The values, the oldest first.</param>
    /// <param name="width">The most blocks.</param>
    /// <returns>At most so many blocks, the least value the lowest.</returns>
    public static string Draw(IReadOnlyList<double> values, int width)
    {
        double[] finite = [.. values.Where(double.IsFinite)];
        int count = Math.Min(width, finite.Length);
        double[] means = [.. Enumerable.Range(0, count).Select(index => finite[((int)((long)index * finite.Length / count))..(int)((long)(index + 1) * finite.Length / count)].Average())];
        if (means.Length == 0)
        {
            return string.Empty;
        }

        double least = means.Min();
        double range = means.Max() - least;
        return string.Concat(means.Select(mean => Blocks[range > 0 ? (int)Math.Round((mean - least) / range * (Blocks.Length - 1)) : 0]));
    }
}
