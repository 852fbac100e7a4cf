using EdgeBuild.Prompts;

namespace EdgeBuild.Generators.Models;

/// <summary>A prompt file after parsing. What was parsed follows from the file, so that files alone are compared.</summary>
/// <param name="file">The item.</param>
/// <param name="result">What the parser says.</param>
internal sealed class ParsedPrompt(PromptFile file, PromptParseResult result) : IEquatable<ParsedPrompt>
{
    /// <summary>Gets the item.</summary>
    public PromptFile File { get; } = file;

    /// <summary>Gets what the parser says.</summary>
    public PromptParseResult Result { get; } = result;

    /// <summary>Parses a file.</summary>
    public static ParsedPrompt From(PromptFile file) => new(file, PromptDocument.Parse(file.Path, file.Text));

    /// <inheritdoc/>
    public bool Equals(ParsedPrompt? other) => other is not null && File == other.File;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ParsedPrompt);

    /// <inheritdoc/>
    public override int GetHashCode() => File.GetHashCode();
}
