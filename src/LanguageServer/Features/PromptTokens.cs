using System.Globalization;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using Range = EdgeBuild.LanguageServer.Protocol.Range;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>How many tokens a prompt takes, in the vocabulary of its base.</summary>
internal sealed class PromptTokens
{
    private readonly TrainingPlan? _plan;
    private readonly CompiledPrompt? _compiled;
    private readonly Position? _name;
    private readonly List<(Position At, TokenText[] Texts, string[] Inputs)> _messages = [];

    /// <summary>Initializes a new instance of the <see cref="PromptTokens"/> class: takes what it needs of the file, which may change while tokens are counted.</summary>
    public PromptTokens(PromptFile file)
    {
        _plan = file.Project?.PlansOfPrompt(file.Path).FirstOrDefault().Plan;
        _compiled = PromptRendering.Compile(file, out _);
        _name = file.Name is { } name ? Range.From(name.Position).End : null;
        foreach (PromptMessage message in file.Syntax.Messages)
        {
            int line = message.Position.Line - 1;
            _messages.Add((
                new Position(line, file.Document.Line(line).TrimEnd().Length),
                [.. message.Parts.Where(part => !part.IsPlaceholder).Select(part => new TokenText(part.Text, IsControl: false))],
                [.. message.Parts.Where(part => part.IsPlaceholder).Select(part => part.Text).Distinct()]));
        }
    }

    /// <summary>Describes the whole prompt: its tokens, and those that are computed once for all calls.</summary>
    /// <returns>The text; null when nothing can be counted.</returns>
    public async Task<string?> DescribeAsync(TokenCounts tokens, CancellationToken cancellationToken)
    {
        if (_plan is null || _compiled is null)
        {
            return null;
        }

        TokenText[] texts = [.. _compiled.Prompt.Select(segment => new TokenText(segment.Text, segment.Kind == SegmentKind.Control))];
        if (await tokens.CountAsync(_plan, texts, cancellationToken).ConfigureAwait(false) is not { } counts)
        {
            return null;
        }

        // As in PromptEncoder: a call has to decode something.
        int prefix = counts.Take(Math.Min(_compiled.PrefixSegmentCount, counts.Length - 1)).Sum();
        return string.Create(CultureInfo.InvariantCulture, $"{counts.Sum()} tokens and the inputs, {prefix} of them cached");
    }

    /// <summary>Gets the counts to show in the file: of the prompt at its name, of each message at its role.</summary>
    public async Task<IReadOnlyList<InlayHint>> HintsAsync(Range range, TokenCounts tokens, CancellationToken cancellationToken)
    {
        if (_plan is null || await tokens.CountAsync(_plan, [.. _messages.SelectMany(message => message.Texts)], cancellationToken).ConfigureAwait(false) is not { } counts)
        {
            return [];
        }

        var hints = new List<InlayHint>();
        if (_name is { } name && await DescribeAsync(tokens, cancellationToken).ConfigureAwait(false) is { } all)
        {
            hints.Add(new InlayHint(name, all, PaddingLeft: true));
        }

        int first = 0;
        foreach ((Position at, TokenText[] texts, string[] inputs) in _messages)
        {
            int sum = counts.Skip(first).Take(texts.Length).Sum();
            first += texts.Length;
            string others = inputs.Length > 0 ? $" and {string.Join(", ", inputs)}" : string.Empty;
            hints.Add(new InlayHint(at, string.Create(CultureInfo.InvariantCulture, $"{sum} {(sum == 1 ? "token" : "tokens")}{others}"), PaddingLeft: true));
        }

        return [.. hints.Where(hint => range.Contains(hint.Position))];
    }
}
