using System.Text;
using EdgeBuild.Prompts;

namespace EdgeBuild.Worker.Exporting;

/// <summary>
/// The templates that other programs turn messages into text with: for those that run Jinja, and for Ollama. They are made from the chat format that
/// the model was trained with; the template of a base is a program of strangers and goes no further.
/// </summary>
public static class ChatTemplates
{
    /// <summary>Makes a Jinja template. A beginning-of-sequence token is not in it: the tokenizer adds it, and twice would be once too often.</summary>
    /// <param name="format">The format.</param>
    /// <returns>The value of <c>tokenizer.chat_template</c>.</returns>
    public static string Jinja(ChatFormat format)
    {
        string end = Quote(format.EndOfTurn + format.TurnSeparator);
        var template = new StringBuilder();

        // Texts stand in expressions: a line end after a block would be trimmed by some programs.
        if (format.HasSystemRole)
        {
            template.Append("{% for message in messages %}{% if message['role'] == 'system' %}").Append(Turn(format, PromptRole.System, end)).Append("{% elif message['role'] == 'user' %}").Append(Turn(format, PromptRole.User, end));
        }
        else
        {
            template.Append("{% set system = namespace(text='') %}{% for message in messages %}{% if message['role'] == 'system' %}{% set system.text = message['content'] + ").Append(Quote(format.SystemSeparator))
                .Append(" %}{% elif message['role'] == 'user' %}{{ ").Append(Quote(format.Header(PromptRole.User))).Append(" + system.text + message['content'] + ").Append(end).Append(" }}{% set system.text = '' %}");
        }

        return template.Append("{% else %}").Append(Turn(format, PromptRole.Assistant, end)).Append("{% endif %}{% endfor %}{% if add_generation_prompt %}{{ ")
            .Append(Quote(format.Header(PromptRole.Assistant))).Append(" }}{% endif %}").ToString();
    }

    /// <summary>Makes a template of Ollama, which is one of Go's text/template.</summary>
    /// <param name="format">The format.</param>
    /// <returns>The text between the quotes of TEMPLATE.</returns>
    public static string Go(ChatFormat format)
    {
        string end = format.EndOfTurn + format.TurnSeparator;
        string system = format.HasSystemRole
            ? $"{{{{ if .System }}}}{format.Header(PromptRole.System)}{{{{ .System }}}}{end}{{{{ end }}}}{format.Header(PromptRole.User)}"
            : $"{format.Header(PromptRole.User)}{{{{ if .System }}}}{{{{ .System }}}}{format.SystemSeparator}{{{{ end }}}}";
        return $"{system}{{{{ .Prompt }}}}{end}{format.Header(PromptRole.Assistant)}{{{{ .Response }}}}{format.EndOfTurn}";
    }

    private static string Turn(ChatFormat format, PromptRole role, string end) => $"{{{{ {Quote(format.Header(role))} + message['content'] + {end} }}}}";

    private static string Quote(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "'";
}
