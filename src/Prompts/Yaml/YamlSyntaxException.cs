using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Yaml;

/// <summary>The text is no YAML, or YAML outside of the supported subset.</summary>
internal sealed class YamlSyntaxException(string code, string message, SourcePosition position) : Exception(message)
{
    /// <summary>Gets the diagnostic code.</summary>
    public string Code { get; } = code;

    /// <summary>Gets the place.</summary>
    public SourcePosition Position { get; } = position;
}
