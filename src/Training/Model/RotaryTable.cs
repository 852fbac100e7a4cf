namespace EdgeBuild.Training;

/// <summary>
/// Cosines and sines of rotary positions, as <c>ggml_rope_cache_init</c> of llama.cpp defines them:
/// θ(p, j) = scale · p · base^(−2j / n) / factor(j), both times the attention factor.
/// </summary>
internal sealed class RotaryTable
{
    private readonly double[] _frequencies;
    private readonly double _attentionFactor;
    private float[] _values = [];

    /// <summary>Initializes a new instance of the <see cref="RotaryTable"/> class.</summary>
    /// <param name="dimensions">The values of a head that are rotated.</param>
    /// <param name="ropeBase">The base of the angles.</param>
    /// <param name="scale">The factor of positions.</param>
    /// <param name="attentionFactor">The factor of rotated values.</param>
    /// <param name="factors">The divisor of each frequency, or null.</param>
    public RotaryTable(int dimensions, double ropeBase, double scale, double attentionFactor, float[]? factors)
    {
        HalfCount = dimensions / 2;
        _attentionFactor = attentionFactor;
        _frequencies = new double[HalfCount];
        for (int pair = 0; pair < HalfCount; pair++)
        {
            _frequencies[pair] = scale * Math.Pow(ropeBase, -2.0 * pair / dimensions) / (factors?[pair] ?? 1);
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
                values[(position * width) + pair] = (float)(cosine * _attentionFactor);
                values[(position * width) + HalfCount + pair] = (float)(sine * _attentionFactor);
            }
        }

        return _values = values;
    }
}
