using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>The metadata of a model that stand under the name of its architecture.</summary>
/// <param name="file">The model.</param>
internal sealed class ModelMetadata(GgufFile file)
{
    /// <summary>Gets the model.</summary>
    public GgufFile File { get; } = file;

    /// <summary>Gets a number that must be there.</summary>
    /// <param name="key">The key without the architecture's name.</param>
    /// <returns>The number.</returns>
    /// <exception cref="EdgeBuildException">EDGE4002: it is missing.</exception>
    public int Integer(string key) => OptionalInteger(key) ?? throw Missing(key);

    /// <summary>Gets a number.</summary>
    /// <param name="key">The key without the architecture's name.</param>
    /// <returns>The number, or null.</returns>
    public int? OptionalInteger(string key) => File.GetInteger(Full(key)) is { } value ? checked((int)value) : null;

    /// <summary>Gets a number that may have a fraction.</summary>
    /// <param name="key">The key without the architecture's name.</param>
    /// <returns>The number, or null.</returns>
    public double? Number(string key) => File.GetNumber(Full(key));

    /// <summary>Gets a text.</summary>
    /// <param name="key">The key without the architecture's name.</param>
    /// <returns>The text, or null.</returns>
    public string? Text(string key) => File.GetString(Full(key));

    /// <summary>The full name of a key.</summary>
    /// <param name="key">The key without the architecture's name.</param>
    /// <returns>The name.</returns>
    public string Full(string key) => $"{File.Architecture}.{key}";

    /// <summary>The error for a missing key.</summary>
    /// <param name="key">The key without the architecture's name.</param>
    /// <returns>EDGE4002.</returns>
    public EdgeBuildException Missing(string key) => Unsupported($"the key '{Full(key)}' is missing");

    /// <summary>The error for a model that the trainer does not compute.</summary>
    /// <param name="reason">Why, as the middle of a sentence.</param>
    /// <returns>EDGE4002.</returns>
    public EdgeBuildException Unsupported(string reason) => new(
        ErrorCodes.UnsupportedArchitecture, $"The model cannot be trained: {reason}. Choose another base model or conversion.", File.Path);
}
