namespace EdgeBuild.Runtime;

/// <summary>What a generated client knows about its prompt: the file it was compiled from, its labels and the hash that ties both to a model.</summary>
/// <param name="model">Name of the model (<c>EdgeModel</c> item) that answers the prompt.</param>
/// <param name="name">Name of the prompt.</param>
/// <param name="source">Full text of the <c>.prompty</c> file.</param>
/// <param name="hash">Hash of the compiled prompt, 64 lower-case hexadecimal digits.</param>
/// <param name="labels">The labels of each labelled output, by output name, in the order in which they were trained.</param>
public sealed class PromptDefinition(
    string model,
    string name,
    string source,
    string hash,
    IReadOnlyDictionary<string, IReadOnlyList<string>> labels)
{
    /// <summary>Gets the name of the model that answers the prompt.</summary>
    public string Model { get; } = model;

    /// <summary>Gets the name of the prompt.</summary>
    public string Name { get; } = name;

    /// <summary>Gets the full text of the <c>.prompty</c> file.</summary>
    public string Source { get; } = source;

    /// <summary>Gets the hash of the compiled prompt, 64 lower-case hexadecimal digits.</summary>
    public string Hash { get; } = hash;

    /// <summary>Gets the labels of each labelled output, by output name.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Labels { get; } = labels;
}
