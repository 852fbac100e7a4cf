namespace EdgeBuild.Prompts;

/// <summary>The closed sets of answers of one prompt: every labelled output with its labels in order.</summary>
public sealed class LabelSet
{
    private static readonly IReadOnlyList<string> _booleanLabels = [AnswerText.True, AnswerText.False];

    private LabelSet(IReadOnlyDictionary<string, IReadOnlyList<string>> byOutput, IReadOnlyList<PromptOutput> missing)
    {
        ByOutput = byOutput;
        Missing = missing;
    }

    /// <summary>Gets the labels by the name of their output; outputs without labels and free text are absent.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByOutput { get; }

    /// <summary>Gets the outputs that need labels and have none yet.</summary>
    public IReadOnlyList<PromptOutput> Missing { get; }

    /// <summary>Gets a value indicating whether every output that needs labels has them.</summary>
    public bool IsComplete => Missing.Count == 0;

    /// <summary>Gets the labels of an output; empty when it has none.</summary>
    /// <param name="output">The output's name.</param>
    public IReadOnlyList<string> this[string output] => ByOutput.TryGetValue(output, out IReadOnlyList<string>? labels) ? labels : [];

    /// <summary>Takes the labels from the prompt where it gives them, else from those that were found in the rows.</summary>
    /// <param name="document">The prompt.</param>
    /// <param name="foundLabels">Labels by output name, from the lock file or the training rows; null for none.</param>
    /// <returns>The labels.</returns>
    public static LabelSet From(PromptDocument document, IReadOnlyDictionary<string, IReadOnlyList<string>>? foundLabels)
    {
        var byOutput = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var missing = new List<PromptOutput>();
        foreach (PromptOutput output in document.Outputs.Where(output => output.IsLabelled))
        {
            if (output.Kind == PromptValueKind.Boolean)
            {
                byOutput.Add(output.Name, _booleanLabels);
            }
            else if (output.EnumValues.Count > 0)
            {
                byOutput.Add(output.Name, output.EnumValues);
            }
            else if (foundLabels is not null && foundLabels.TryGetValue(output.Name, out IReadOnlyList<string>? found) && found.Count > 0)
            {
                byOutput.Add(output.Name, [.. found]);
            }
            else
            {
                missing.Add(output);
            }
        }

        return new LabelSet(byOutput, missing);
    }

    /// <summary>The order in which labels were first seen: those of the lock file that are still in use, then new ones. The values of the enum follow it.</summary>
    /// <param name="locked">The labels of the lock file; may be empty.</param>
    /// <param name="labels">The labels in use.</param>
    /// <returns>The labels in use, each once.</returns>
    public static IReadOnlyList<string> InOrderOfAge(IReadOnlyList<string> locked, IReadOnlyList<string> labels) =>
        [.. locked.Intersect(labels, StringComparer.Ordinal), .. labels.Except(locked, StringComparer.Ordinal)];

    /// <summary>Adds labels from the rows to those that are already frozen: new ones come last, in ordinal order.</summary>
    /// <param name="frozen">The labels of the lock file, in their order.</param>
    /// <param name="found">The labels of the training rows.</param>
    /// <returns>All labels, each once.</returns>
    public static IReadOnlyList<string> Append(IReadOnlyList<string> frozen, IEnumerable<string> found) =>
        [.. frozen, .. found.Except(frozen, StringComparer.Ordinal).OrderBy(label => label, StringComparer.Ordinal)];
}
