using EdgeBuild.Contracts;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>Plans how nested values are found.</summary>
/// <param name="encoder">Turns the prompt's segments into tokens.</param>
/// <param name="pieces">The texts of the vocabulary's tokens.</param>
/// <param name="createLeaf">Plans a leaf: what the prompt says of it, its labels, and the tokens that may follow it.</param>
internal sealed class AnswerNodeBuilder(
    PromptEncoder encoder, TokenPieces pieces, Func<PromptOutput, IReadOnlyList<string>, int[], CompletionStep> createLeaf)
{
    /// <summary>Plans an output.</summary>
    /// <param name="output">The output.</param>
    /// <param name="terminator">The token that follows the whole value.</param>
    /// <returns>The plan.</returns>
    public AnswerNode Build(PromptOutput output, int terminator) => Build(output, [string.Empty], terminator, encoder.Prompt.Labels[output.Name]);

    // The texts that may follow a value within the nested one; an empty one stands for what follows the whole.
    private AnswerNode Build(PromptOutput output, string[] follow, int terminator, IReadOnlyList<string>? labels = null)
    {
        switch (output.Kind)
        {
            case PromptValueKind.Array:
                PromptOutput items = output.Items ?? throw new EdgeModelException(
                    ErrorCodes.UnsupportedKind, $"The array '{output.Name}' does not say what it holds. Add 'items'.", encoder.Prompt.Document.Path, output.Position);
                AnswerNode item = Build(items with { Required = true }, [NestedAnswer.ArrayEnd, "," + NestedAnswer.Opening(items)], terminator);
                return Create(output, item.ClosingTokens + LongestText("\"}" + NestedAnswer.ArrayEnd), item: item);
            case PromptValueKind.Object when output.Tools.Count > 0:
                return BuildCall(output, follow, terminator);
            case PromptValueKind.Object:
                AnswerNode[] properties = [.. output.Properties.Select((property, index) => Build(
                    property,
                    index + 1 < output.Properties.Count
                        ? ["," + NestedAnswer.PropertyOpening(output.Properties[index + 1])]
                        : [.. follow.Select(text => "}" + text)],
                    terminator))];
                int closing = properties.Sum(property =>
                    property.ClosingTokens + LongestText("\"}," + NestedAnswer.PropertyOpening(property.Output) + NestedAnswer.Null));
                return Create(output, closing + 1, properties: properties);
            default:
                string quote = output.Kind == PromptValueKind.String ? "\"" : string.Empty;
                int[] terminators = [.. follow
                    .Select(text => quote + text is { Length: > 0 } fixedText ? encoder.TokenizeFixedText(fixedText)[0] : terminator)
                    .Distinct()];
                CompletionStep leaf = createLeaf(output, LabelsOf(output, labels), terminators);
                return Create(output, leaf.IsText ? LongestText("\"\"") : leaf.LongestValue + 2, leaf: leaf);
        }
    }

    private AnswerNode BuildCall(PromptOutput output, string[] follow, int terminator)
    {
        int[] afterName = [.. output.Tools.Select(tool => encoder.TokenizeFixedText(NestedAnswer.ArgumentsOpening(tool))[0]).Distinct()];
        CompletionStep function = createLeaf(
            new PromptOutput { Name = output.Name, Kind = PromptValueKind.String, Position = output.Position }, [.. output.Tools.Select(tool => tool.Name)], afterName);
        AnswerNode[] arguments = [.. output.Tools.Select(tool => Build(NestedAnswer.Arguments(tool), [.. follow.Select(text => "}" + text)], terminator))];
        int closing = function.LongestValue
            + output.Tools.Max(tool => LongestText(NestedAnswer.ArgumentsOpening(tool)))
            + arguments.Max(argument => argument.ClosingTokens);
        return Create(output, closing + 1, arguments: arguments, function: function);
    }

    private static IReadOnlyList<string> LabelsOf(PromptOutput output, IReadOnlyList<string>? labels) =>
        labels is { Count: > 0 } ? labels
        : !NestedAnswer.IsLabelled(output) ? []
        : output.Kind == PromptValueKind.Boolean ? [AnswerText.True, AnswerText.False]
        : output.EnumValues;

    private AnswerNode Create(
        PromptOutput output,
        int closing,
        CompletionStep? leaf = null,
        IReadOnlyList<AnswerNode>? properties = null,
        AnswerNode? item = null,
        IReadOnlyList<AnswerNode>? arguments = null,
        CompletionStep? function = null)
    {
        string opening = NestedAnswer.Opening(output);
        return new AnswerNode
        {
            Output = output,
            Leaf = leaf,
            Properties = properties ?? [],
            Item = item,
            Arguments = arguments ?? [],
            Function = function,
            Opening = opening.Length == 0 ? [] : encoder.TokenizeFixedText(opening),
            FirstTokens = leaf switch
            {
                null => [],
                { Trie: LabelTrie trie } => [.. trie.Labels.Select(label => label[0]).Distinct()],
                _ => pieces.NumberStarts(output.Kind == PromptValueKind.Integer),
            },
            ClosingTokens = closing + LongestText(opening + NestedAnswer.Null),
        };
    }

    // The text may be divided at two places in another way than here.
    private int LongestText(string text) => encoder.TokenizeFixedText(text).Length + 1;
}
