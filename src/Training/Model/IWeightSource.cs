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

    /// <summary>Reads a small tensor of any length.</summary>
    /// <param name="name">Its name in GGUF files.</param>
    /// <returns>Its values, or null when there is none.</returns>
    float[]? ReadVector(string name);
}
