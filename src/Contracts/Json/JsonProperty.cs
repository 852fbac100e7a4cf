namespace EdgeBuild.Contracts.Json;

/// <summary>One property of a JSON object.</summary>
/// <param name="Name">The decoded name.</param>
/// <param name="NamePosition">Where the name stands.</param>
/// <param name="Value">The value.</param>
public sealed record JsonProperty(string Name, SourcePosition NamePosition, JsonValue Value);
