namespace EdgeBuild.Training;

/// <summary>
/// Cosines and sines of rotary positions, as <c>ggml_rope_cache_init</c> of llama.cpp defines them:
/// θ(p, j) = scale · p · base^(−2j / n) / factor(j).
/// </summary>
internal sealed class RotaryTable
{
    private readonly double[] _frequencies;
    private float[] _values = [];

    public RotaryTable(ModelConfiguration configuration, float[]? factors)
    {
        HalfCount = configuration.RopeDimensionCount / 2;
        _frequencies = new double[HalfCount];
        for (int pair = 0; pair < HalfCount; pair++)
        {
            _frequencies[pair] = configuration.RopeScale * Math.Pow(configuration.RopeBase, -2.0 * pair / configuration.RopeDimensionCount) / (factors?[pair] ?? 1);
        }
    }

    /// <summary>Gets the number of pairs that a rotation turns.</summary>
    public int HalfCount { get; }

    /// <summary>Gets the table for positions 0 to <paramref name="positionCount"/>: for each position all cosines, then all sines.</summary>
    /// <param name="positionCount">The number of positions.</param>
    /// <returns>At least <c>positionCount * 2 * HalfCount</c> values.</returns>
    public float[] Get(int positionCount)
    {
        int width = 2 * HalfCount;
        if (_values.Length >= positionCount * width)
        {
            return _values;
        }

        int capacity = Math.Max(positionCount, 2 * _values.Length / width);
        var values = new float[capacity * width];
        for (int position = 0; position < capacity; position++)
        {
            for (int pair = 0; pair < HalfCount; pair++)
            {
                (double sine, double cosine) = Math.SinCos(position * _frequencies[pair]);
                values[(position * width) + pair] = (float)cosine;
                values[(position * width) + HalfCount + pair] = (float)sine;
            }
        }

        return _values = values;
    }
}
