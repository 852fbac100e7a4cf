namespace EdgeBuild.LanguageServer.Protocol;

/// <summary>The request <c>edgebuild/render</c>: a prompt and one of its rows, counted from 0.</summary>
internal sealed record RenderParams(TextDocumentIdentifier TextDocument, int Row);

/// <summary>A part of a rendered prompt: <c>control</c> (the chat format's own), <c>text</c>, <c>input</c> or <c>output</c>.</summary>
internal sealed record RenderedSegment(string Kind, string Text);

/// <summary>A rendered prompt with the row that it was rendered with.</summary>
internal sealed record RenderedPrompt(string ChatFormat, string? File, int Line, IReadOnlyList<RenderedSegment> Prompt, IReadOnlyList<RenderedSegment> Answer, int PrefixSegments, string? Problem);
