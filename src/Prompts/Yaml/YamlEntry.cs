namespace EdgeBuild.Prompts.Yaml;

/// <summary>One key of a mapping with its value.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; a null scalar when nothing follows the colon.</param>
public sealed record YamlEntry(YamlScalar Key, YamlNode Value);
