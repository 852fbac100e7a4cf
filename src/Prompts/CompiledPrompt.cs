using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts;

/// <summary>
/// A prompt as segments for one chat format. Training and serving turn the very same segments into tokens, so both see the same
/// token boundaries; values take their places after tokenizing and are never scanned for markers, roles or placeholders.
/// </summary>
public sealed class CompiledPrompt
{
    private CompiledPrompt(
        PromptDocument document,
        LabelSet labels,
        ChatFormat format,
        string hash,
        IReadOnlyList<PromptSegment> prompt,
        IReadOnlyList<PromptSegment> completion)
    {
        Document = document;
        Labels = labels;
        Format = format;
        Hash = hash;
        Prompt = prompt;
        Completion = completion;
        PrefixSegmentCount = prompt.TakeWhile(segment => segment.Kind != SegmentKind.Input).Count();
    }

    /// <summary>Gets the prompt file.</summary>
    public PromptDocument Document { get; }

    /// <summary>Gets the labels.</summary>
    public LabelSet Labels { get; }

    /// <summary>Gets the chat format.</summary>
    public ChatFormat Format { get; }

    /// <summary>Gets the identity of prompt and labels, 64 lower-case hexadecimal digits; the chat format is not part of it.</summary>
    public string Hash { get; }

    /// <summary>Gets the segments up to and with the header of the answer.</summary>
    public IReadOnlyList<PromptSegment> Prompt { get; }

    /// <summary>Gets the segments of the answer, ended by the end-of-turn token.</summary>
    public IReadOnlyList<PromptSegment> Completion { get; }

    /// <summary>Gets the number of leading segments of <see cref="Prompt"/> that are the same in every call.</summary>
    public int PrefixSegmentCount { get; }

    /// <summary>Compiles a prompt.</summary>
    /// <param name="document">The prompt file.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="format">The chat format of the model.</param>
    /// <returns>The segments.</returns>
    /// <exception cref="EdgeBuildException">EDGE1010: an output has no labels.</exception>
    public static CompiledPrompt Compile(PromptDocument document, LabelSet labels, ChatFormat format) =>
        new(document, labels, format, ComputeHash(document, labels), BuildPrompt(document, format), BuildCompletion(document, format));

    /// <summary>The identity of a prompt and its labels, which ties client, data and model together.</summary>
    /// <param name="document">The prompt file.</param>
    /// <param name="labels">Its labels.</param>
    /// <returns>SHA-256 over the text with LF line ends and the labels in order.</returns>
    /// <exception cref="EdgeBuildException">EDGE1010: an output has no labels.</exception>
    public static string ComputeHash(PromptDocument document, LabelSet labels)
    {
        if (!labels.IsComplete)
        {
            PromptOutput output = labels.Missing[0];
            throw new EdgeBuildException(
                ErrorCodes.LabelsUnknown,
                $"The output '{output.Name}' has no labels yet: it has no enumValues, and no rows were read. Build the project once, or write enumValues.",
                document.Path,
                output.Position);
        }

        using var key = new ContentKey();
        key.Add("prompt", document.Source);
        foreach (PromptOutput output in document.Outputs)
        {
            key.Add("output", output.Name);
            foreach (string label in labels[output.Name])
            {
                key.Add("label", label);
            }
        }

        return key.Finish();
    }

    private static List<PromptSegment> BuildPrompt(PromptDocument document, ChatFormat format)
    {
        var segments = new List<PromptSegment>();
        string end = format.EndOfTurn + format.TurnSeparator;
        string pendingEnd = string.Empty;
        bool continues = false;
        foreach (PromptMessage message in document.Messages)
        {
            if (!continues)
            {
                bool asUser = message.Role == PromptRole.System && !format.HasSystemRole;
                Append(segments, SegmentKind.Control, pendingEnd + format.Header(asUser ? PromptRole.User : message.Role));
            }

            foreach (PromptPart part in message.Parts)
            {
                if (part.IsPlaceholder)
                {
                    segments.Add(new PromptSegment(SegmentKind.Input, string.Empty, InputIndex(document, part.Text)));
                }
                else
                {
                    Append(segments, SegmentKind.Text, part.Text);
                }
            }

            continues = message.Role == PromptRole.System && !format.HasSystemRole;
            if (continues)
            {
                Append(segments, SegmentKind.Text, format.SystemSeparator);
            }
            else
            {
                pendingEnd = end;
            }
        }

        Append(segments, SegmentKind.Control, pendingEnd + format.Header(PromptRole.Assistant));
        return segments;
    }

    private static List<PromptSegment> BuildCompletion(PromptDocument document, ChatFormat format)
    {
        var segments = new List<PromptSegment>();
        if (document.Outputs.Count == 1)
        {
            segments.Add(new PromptSegment(SegmentKind.Output, string.Empty, 0));
        }
        else
        {
            string opening = "{";
            for (int index = 0; index < document.Outputs.Count; index++)
            {
                PromptOutput output = document.Outputs[index];
                string quote = output.Kind == PromptValueKind.String && output.Required ? "\"" : string.Empty;
                segments.Add(new PromptSegment(SegmentKind.Text, $"{opening}\"{AnswerText.EscapeJson(output.Name)}\":{quote}", -1));
                segments.Add(new PromptSegment(SegmentKind.Output, string.Empty, index));
                opening = quote + ",";
            }

            segments.Add(new PromptSegment(SegmentKind.Text, opening.TrimEnd(',') + "}", -1));
        }

        segments.Add(new PromptSegment(SegmentKind.Control, format.EndOfTurn, -1));
        return segments;
    }

    private static int InputIndex(PromptDocument document, string name)
    {
        int index = 0;
        while (document.Inputs[index].Name != name)
        {
            index++;
        }

        return index;
    }

    private static void Append(List<PromptSegment> segments, SegmentKind kind, string text)
    {
        int last = segments.Count - 1;
        if (last >= 0 && segments[last].Kind == kind)
        {
            segments[last] = segments[last] with { Text = segments[last].Text + text };
        }
        else
        {
            segments.Add(new PromptSegment(kind, text, -1));
        }
    }
}
