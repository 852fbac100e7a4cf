namespace EdgeBuild.Training;

/// <summary>Where the weights of a base model come from.</summary>
internal interface IWeightSource : IDisposable
{
    /// <summary>Gets the file that messages name.</summary>
    string Path { get; }

    /// <summary>Whether a tensor exists.</summary>
    /// <param name="name">Its name in GGUF files.</param>
    /// <returns>True when it does.</returns>
    bool Has(string name);

    /// <summary>Gets a tensor that must be there.</summary>
    /// <param name="name">Its name in GGUF files.</param>
    /// <param name="rows">The rows that it must have.</param>
    /// <param name="columns">The values that a row must have.</param>
    /// <returns>The tensor, valid as long as the source.</returns>
    /// <exception cref="EdgeBuild.Contracts.EdgeBuildException">EDGE4002: it is missing or has another shape.</exception>
    IStoredMatrix Get(string name, int rows, int columns);

    /// <summary>Reads the divisors of rotary frequencies.</summary>
    /// <param name="architecture">What knows where they lie.</param>
    /// <param name="configuration">The sizes.</param>
    /// <returns>At least one for each pair, or null when there are none.</returns>
    /// <exception cref="EdgeBuild.Contracts.EdgeBuildException">EDGE4002: there are too few.</exception>
    float[]? RotaryFactors(ArchitectureDescription architecture, ModelConfiguration configuration);
}
