using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Parsing;

/// <summary>Whether placeholders and inputs fit together.</summary>
internal static class PlaceholderCheck
{
    /// <summary>Reports placeholders without an input and inputs without a placeholder.</summary>
    public static void Run(IReadOnlyList<PromptInput> inputs, IReadOnlyList<PromptMessage> messages, DiagnosticCollector diagnostics)
    {
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (PromptPart part in messages.SelectMany(message => message.Parts).Where(part => part.IsPlaceholder))
        {
            string name = part.Text.Split('.')[0];
            used.Add(name);
            PromptInput? input = inputs.FirstOrDefault(candidate => candidate.Name == name);
            if (input is null)
            {
                diagnostics.Error(
                    ErrorCodes.UnknownPlaceholder,
                    part.Position,
                    inputs.Count == 0
                        ? $"No input is called '{name}'. Add it to 'inputs'."
                        : $"No input is called '{name}'. Correct the name or add the input; known: {string.Join(", ", inputs.Select(known => known.Name))}.");
            }
            else if (part.Text.Length > name.Length)
            {
                diagnostics.Error(ErrorCodes.UnknownPlaceholder, part.Position, $"The input '{name}' is a single value and has no '{part.Text.Substring(name.Length + 1)}'. Write {{{{{name}}}}}.");
            }
        }

        foreach (PromptInput input in inputs.Where(input => !used.Contains(input.Name)))
        {
            diagnostics.Warning(ErrorCodes.UnusedInput, input.Position, $"The input '{input.Name}' is used nowhere in the body. Write {{{{{input.Name}}}}} where it belongs, or remove the input.");
        }
    }
}
