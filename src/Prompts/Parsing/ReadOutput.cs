using EdgeBuild.Contracts;
using EdgeBuild.Prompts.Yaml;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>An output with the places that later checks report at.</summary>
/// <param name="Output">The output.</param>
/// <param name="KindPosition">The place of its kind.</param>
/// <param name="Labels">The labels with their places.</param>
/// <param name="LabelsPosition">The place of <c>enumValues</c>, or null.</param>
internal sealed record ReadOutput(PromptOutput Output, SourcePosition KindPosition, IReadOnlyList<YamlScalar> Labels, SourcePosition? LabelsPosition);
