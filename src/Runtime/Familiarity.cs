using System.Runtime.InteropServices;

using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>Measures how like the training data an input is: the cosine of its hidden state with the nearest mean of a label.</summary>
internal sealed class Familiarity
{
    private readonly LabelHeadValues _means;

    private Familiarity(LabelHeadValues means, double lowest)
    {
        _means = means;
        Lowest = lowest;
    }

    /// <summary>Gets the smallest value that still is familiar.</summary>
    public double Lowest { get; }

    /// <summary>Reads what a manifest holds.</summary>
    /// <param name="name">The output, for errors.</param>
    /// <param name="manifest">The entry.</param>
    /// <param name="width">The width of the model's hidden states.</param>
    /// <returns>The measure.</returns>
    /// <exception cref="EdgeModelException">EDGE3003: the entry belongs to another model.</exception>
    public static Familiarity From(string name, EdgeManifestFamiliarity manifest, int width)
    {
        ReadOnlySpan<Half> halves = MemoryMarshal.Cast<byte, Half>(manifest.Means);
        if (manifest.Width != width || halves.Length == 0 || halves.Length % width != 0)
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                $"The means of '{name}' in the model's manifest do not fit the model. Rebuild the project, and deploy the edge folder of the same build as the app.");
        }

        // A head without bias computes the products; its rows have length 1.
        int count = halves.Length / width;
        float[] values = new float[count * (width + 1)];
        for (int mean = 0; mean < count; mean++)
        {
            double length = 0;
            foreach (Half value in halves.Slice(mean * width, width))
            {
                length += (double)value * (double)value;
            }

            for (int index = 0; index < width; index++)
            {
                values[(mean * width) + index] = (float)((double)halves[(mean * width) + index] / Math.Sqrt(length));
            }
        }

        return new Familiarity(new LabelHeadValues(name, count, values), manifest.Lowest);
    }

    /// <summary>Measures an input.</summary>
    /// <param name="hiddenState">The hidden state before the value.</param>
    /// <returns>The cosine, from -1 to 1.</returns>
    public double Of(ReadOnlySpan<float> hiddenState)
    {
        double length = 0;
        foreach (float value in hiddenState)
        {
            length += (double)value * value;
        }

        double best = double.NegativeInfinity;
        for (int mean = 0; mean < _means.LabelCount; mean++)
        {
            best = Math.Max(best, _means.Logit(mean, hiddenState));
        }

        return best / Math.Sqrt(length);
    }
}
