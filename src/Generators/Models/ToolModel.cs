namespace EdgeBuild.Generators.Models;

/// <summary>A function that an answer may call.</summary>
/// <param name="Name">The name in the prompt file.</param>
/// <param name="Method">The name of the method, without the suffix Async.</param>
/// <param name="Description">The description, or null.</param>
/// <param name="Call">The record of a call with its arguments.</param>
/// <param name="Parameters">The names of the parameters, one an argument.</param>
internal sealed record ToolModel(string Name, string Method, string? Description, RecordModel Call, EquatableArray<string> Parameters);
