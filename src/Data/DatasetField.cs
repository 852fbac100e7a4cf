using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Data;

/// <summary>One value of a dataset row, as the file holds it.</summary>
/// <param name="Name">The column or property.</param>
/// <param name="Text">The decoded text; of a JSON number, true, false or null, its literal.</param>
/// <param name="Position">Where the value stands.</param>
/// <param name="Json">The value of a JSONL file; null in CSV, where every value is text.</param>
/// <param name="NamePosition">Where the name stands: before the value, or in the header of CSV.</param>
public sealed record DatasetField(string Name, string Text, SourcePosition Position, JsonValue? Json, SourcePosition NamePosition = default);
