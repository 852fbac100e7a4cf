using System.Globalization;
using System.Text.Json;
using EdgeBuild.LanguageServer.Models;

namespace EdgeBuild.LanguageServer.Protocol;

internal sealed record ExecuteCommandParams(string Command, IReadOnlyList<JsonElement>? Arguments, JsonElement? WorkDoneToken);

/// <summary>The request <c>edgebuild/ask</c>: a prompt, a row of its datasets from 0, values in place of the row's, and whether the base is asked too (it is).</summary>
internal sealed record AskParams(
    TextDocumentIdentifier TextDocument, int? Row, IReadOnlyDictionary<string, string>? Inputs, bool? Base, JsonElement? PartialResultToken, JsonElement? WorkDoneToken);

/// <summary>An input or output with its value.</summary>
internal sealed record AskedValue(string Name, string Value);

/// <summary>What was asked and answered.</summary>
internal sealed record AskedPrompt(string? File, int Line, IReadOnlyList<AskedValue> Inputs, IReadOnlyList<AskedValue> Expected, IReadOnlyList<ModelAnswer> Answers, string? Problem)
{
    /// <summary>Writes the answers on one line, for editors that show nothing else.</summary>
    public string Describe() => string.Join(" · ", Answers.Select(answer => $"{answer.Model}: " + string.Join(", ", answer.Outputs.Select(output =>
        $"{output.Name} = {output.Text}" + (output.Confidence is { } confidence ? string.Create(CultureInfo.InvariantCulture, $" ({confidence:P1})") : string.Empty)))));
}
