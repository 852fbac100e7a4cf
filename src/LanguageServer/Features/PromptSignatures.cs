using System.Text;
using System.Text.RegularExpressions;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;
using EdgeBuild.Prompts.Tools;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>The functions of a prompt where a call of one is written: in the answer of a row, or in an example below <c>assistant:</c>.</summary>
internal static partial class PromptSignatures
{
    /// <summary>Finds the function whose arguments are being written.</summary>
    /// <param name="tools">The functions of the prompt.</param>
    /// <param name="before">The text of the row or line up to the cursor; CSV doubles its quotes, a text in JSON escapes them.</param>
    public static SignatureHelp? At(IReadOnlyList<PromptTool> tools, string before)
    {
        string text = Unquoted(before);
        Match call = Call().Matches(text).LastOrDefault() ?? Match.Empty;
        if (!call.Success || tools.FirstOrDefault(tool => tool.Name == call.Groups[1].Value) is not { } tool || Argument(text[(call.Index + call.Length)..]) is not var (argument, place))
        {
            return null;
        }

        var label = new StringBuilder(tool.Name).Append('(');
        var parameters = new List<SignatureParameter>();
        foreach (PromptOutput parameter in tool.Parameters)
        {
            label.Append(parameters.Count > 0 ? ", " : string.Empty);
            int start = label.Length;
            label.Append(parameter.Name).Append(parameter.Required ? ": " : "?: ")
                .Append(parameter.EnumValues.Count > 0 ? string.Join(" | ", parameter.EnumValues) : parameter.Kind.ToString().ToLowerInvariant());
            parameters.Add(new SignatureParameter([start, label.Length], parameter.Description is { } text1 ? MarkupContent.Markdown(text1) : null));
        }

        int index = tool.Parameters.Select(parameter => parameter.Name).ToList().IndexOf(argument);
        return new SignatureHelp(
            [new Signature(label.Append(')').ToString(), tool.Description is { } description ? MarkupContent.Markdown(description) : null, parameters)],
            0,
            index >= 0 ? index : Math.Min(tool.Parameters.Count, place));
    }

    private static string Unquoted(string text)
    {
        foreach (string quote in new[] { "\\\"", "\"\"" })
        {
            if (text.Contains(quote + PromptTool.NameKey + quote, StringComparison.Ordinal))
            {
                return text.Replace(quote, "\"", StringComparison.Ordinal);
            }
        }

        return text;
    }

    [GeneratedRegex("\"" + PromptTool.NameKey + "\"\\s*:\\s*\"([^\"]*)\"\\s*,\\s*\"" + PromptTool.ArgumentsKey + "\"\\s*:\\s*\\{")]
    private static partial Regex Call();

    /// <summary>The name of the argument whose value is being written, empty for none yet, and how many are before it; null when the arguments have ended.</summary>
    private static (string Name, int Place)? Argument(string text)
    {
        string name = string.Empty;
        int place = 0;
        var word = new StringBuilder();
        bool quoted = false;
        int depth = 0;
        foreach (char c in text)
        {
            quoted ^= c == '"';
            if (quoted)
            {
                if (c == '"')
                {
                    word.Clear();
                }
                else
                {
                    word.Append(c);
                }

                continue;
            }

            depth += c is '{' or '[' ? 1 : c is '}' or ']' ? -1 : 0;
            if (depth < 0)
            {
                return null;
            }

            name = depth > 0 ? name : c == ':' ? word.ToString() : c == ',' ? string.Empty : name;
            place += depth == 0 && c == ',' ? 1 : 0;
        }

        return (name, place);
    }
}
