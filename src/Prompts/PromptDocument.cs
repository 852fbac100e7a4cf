using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Parsing;
using EdgeBuild.Prompts.Tools;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts;

/// <summary>One <c>.prompty</c> file (Prompty v2, strict subset).</summary>
public sealed class PromptDocument
{
    /// <summary>The number of tokens that all inputs together may take when the file does not say.</summary>
    public const int DefaultMaxInputTokens = 1024;

    internal PromptDocument()
    {
    }

    /// <summary>Gets the path that the file was parsed under.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the name; it identifies the prompt in items, lock file and datasets.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the place of the name.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Gets the name for people, or null.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Gets the description, or null.</summary>
    public string? Description { get; init; }

    /// <summary>Gets the inputs in the order of the file; at least one.</summary>
    public required IReadOnlyList<PromptInput> Inputs { get; init; }

    /// <summary>Gets the outputs in the order of the file; at least one.</summary>
    public required IReadOnlyList<PromptOutput> Outputs { get; init; }

    /// <summary>Gets the functions of which the answer calls one; empty for a prompt without tools.</summary>
    public IReadOnlyList<PromptTool> Tools => Outputs is [{ Tools: { Count: > 0 } tools }] ? tools : [];

    /// <summary>Gets the messages: an optional system message, then user and assistant in turn, a user message last.</summary>
    public required IReadOnlyList<PromptMessage> Messages { get; init; }

    /// <summary>Gets the number of tokens that all inputs together may take (<c>metadata.edge.maxInputTokens</c>).</summary>
    public required int MaxInputTokens { get; init; }

    /// <summary>Gets the raw metadata, or null.</summary>
    public YamlMapping? Metadata { get; init; }

    /// <summary>Gets the text of the file with LF line ends and without a byte order mark.</summary>
    public required string Source { get; init; }

    /// <summary>Gets the SHA-256 of <see cref="Source"/>, 64 lower-case hexadecimal digits.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Parses a prompt file. Never throws: what is wrong with the file is in the result.</summary>
    /// <param name="path">The path, for messages.</param>
    /// <param name="text">The text of the file.</param>
    /// <returns>The prompt and the findings.</returns>
    public static PromptParseResult Parse(string path, string text) => PromptReader.Read(path, text);
}
