using System.Globalization;
using System.Text;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Exporting;

/// <summary>
/// The Modelfile of Ollama. It takes the merged model: Ollama 0.34.1 no longer builds a model from an adapter. A model of one prompt answers the bare
/// input, since the prompt's own words are in the template.
/// </summary>
public static class OllamaModelfile
{
    private const string Quotes = "\"\"\"";

    /// <summary>Writes the file's text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Its prompts.</param>
    /// <param name="modelFileName">The GGUF file beside it.</param>
    /// <returns>The text.</returns>
    public static string Write(BuiltModel model, IReadOnlyList<TrainedPrompt> prompts, string modelFileName)
    {
        ChatFormat format = ChatFormat.FromId(model.Manifest.ChatFormat ?? string.Empty)!;
        var text = new StringBuilder();
        text.Append("# ").Append(model.Plan.Model).Append(": ollama create ").Append(model.Plan.Model.ToLowerInvariant()).Append(" -f Modelfile\n");
        text.Append("FROM ./").Append(modelFileName).Append('\n');
        text.Append("TEMPLATE ").Append(Quotes).Append(ChatTemplates.Go(format)).Append(Quotes).Append('\n');
        if (prompts is [TrainedPrompt only] && SystemText(only) is { Length: > 0 } system)
        {
            // Three quotes would end the text; a prompt that has them is better without it than cut.
            text.Append(system.Contains(Quotes, StringComparison.Ordinal) ? "# The prompt's system message has three quotes in a row; pass it yourself.\n" : $"SYSTEM {Quotes}{system}{Quotes}\n");
        }

        text.Append("PARAMETER stop \"").Append(format.EndOfTurn).Append("\"\n");
        text.Append("PARAMETER temperature 0\n");
        text.Append("PARAMETER num_ctx ").Append(ContextLength(model).ToString(CultureInfo.InvariantCulture)).Append('\n');
        return text.ToString();
    }

    /// <summary>The system message, when it has no input in it.</summary>
    internal static string? SystemText(TrainedPrompt prompt)
    {
        PromptMessage? message = prompt.Document.Messages.FirstOrDefault(message => message.Role == PromptRole.System);
        return message is not null && !message.Parts.Any(part => part.IsPlaceholder) ? string.Concat(message.Parts.Select(part => part.Text)) : null;
    }

    private static long ContextLength(BuiltModel model)
    {
        using GgufFile file = GgufFile.Open(model.ModelPath, validate: false);

        // The factors of long-context models change with the length of the context; they were trained with those of the original one.
        return Math.Min(8192, file.GetInteger(file.Architecture + ".rope.scaling.original_context_length") ?? file.GetInteger(file.Architecture + ".context_length") ?? 2048);
    }
}
