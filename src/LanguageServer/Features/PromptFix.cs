using EdgeBuild.LanguageServer.Protocol;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>An edit that mends a finding.</summary>
/// <param name="Title">What it does.</param>
/// <param name="Edits">The edits of the file.</param>
/// <param name="IsPreferred">Whether it is the one obvious fix, which may be made without asking.</param>
internal sealed record PromptFix(string Title, IReadOnlyList<TextEdit> Edits, bool IsPreferred);
