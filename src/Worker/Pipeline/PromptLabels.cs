using System.Collections.Immutable;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>The labelled outputs of a prompt that label heads answer: all but those within arrays and objects.</summary>
public sealed class PromptLabels
{
    private readonly List<(int Output, int Head, IReadOnlyList<string> Labels)> _outputs = [];

    /// <summary>Initializes a new instance of the <see cref="PromptLabels"/> class.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <param name="vocabulary">Turns the words of labels into tokens.</param>
    /// <param name="firstHead">The number of heads of other prompts before those of this one.</param>
    public PromptLabels(TrainedPrompt prompt, LlamaVocabulary vocabulary, int firstHead)
    {
        var heads = new List<LabelHead>();
        for (int output = 0; output < prompt.Document.Outputs.Count; output++)
        {
            PromptOutput declaration = prompt.Document.Outputs[output];
            if (!declaration.IsLabelled || NestedAnswer.IsNested(declaration))
            {
                continue;
            }

            IReadOnlyList<string> labels = prompt.Compiled.Labels[declaration.Name];
            _outputs.Add((output, firstHead + heads.Count, labels));
            heads.Add(new LabelHead(
                LabelHeadMetadata.NameOf(prompt.Name, declaration.Name),
                [.. labels.Select(label => vocabulary.Tokenize(LabelWords.Of(label), addSpecial: false, parseSpecial: false))]));
        }

        Heads = heads;
        Outputs = [.. _outputs.Select(entry => entry.Output)];
    }

    /// <summary>Gets the indices of the outputs that the heads answer, in the order of the heads.</summary>
    public ImmutableArray<int> Outputs { get; }

    /// <summary>Gets the heads, in the order of the outputs.</summary>
    public IReadOnlyList<LabelHead> Heads { get; }

    /// <summary>Finds what the heads shall answer for a row.</summary>
    /// <param name="values">The outputs of the row.</param>
    /// <param name="completion">The same as tokens.</param>
    /// <returns>One target for each head.</returns>
    public IReadOnlyList<LabelTarget> TargetsOf(IReadOnlyList<string> values, EncodedCompletion completion) =>
        [.. _outputs.Select(entry => new LabelTarget(entry.Head, completion.ValueStarts[entry.Output], IndexOf(entry.Labels, values[entry.Output])))];

    private static int IndexOf(IReadOnlyList<string> labels, string value)
    {
        for (int index = 0; index < labels.Count; index++)
        {
            if (labels[index] == value)
            {
                return index;
            }
        }

        throw new ArgumentException("The row has a label that the prompt does not have.", nameof(value));
    }
}
