namespace EdgeBuild.Generators.Models;

/// <summary>A label as a member of an enum.</summary>
/// <param name="Text">The exact label.</param>
/// <param name="Member">The name of the member.</param>
/// <param name="Number">The value of the member.</param>
internal sealed record LabelModel(string Text, string Member, int Number);
