using System.Globalization;
using System.Text;

namespace EdgeBuild.Prompts;

/// <summary>C# identifiers from the names and labels of a prompt.</summary>
public static class PromptNaming
{
    private static readonly HashSet<string> _keywords = new(
        [
            "abstract", "as", "await", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal",
            "default", "delegate", "do", "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for",
            "foreach", "goto", "if", "implicit", "in", "int", "interface", "internal", "is", "lock", "long", "namespace", "new", "null",
            "object", "operator", "out", "override", "params", "private", "protected", "public", "readonly", "ref", "return", "sbyte",
            "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof",
            "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
        ],
        StringComparer.Ordinal);

    /// <summary>The name of a type or member, for example <c>ticket-triage</c> → <c>TicketTriage</c>.</summary>
    /// <param name="name">A name or label.</param>
    /// <returns>An identifier; empty when the text has neither letters nor digits nor a sign with a name.</returns>
    public static string PascalCase(string name)
    {
        List<string> words = SplitWords(Normalize(name));
        bool shouts = words.Count > 1 && !words.Exists(word => word.Any(char.IsLower));
        var result = new StringBuilder();
        foreach (string word in words)
        {
            if (char.IsDigit(word[0]) && (result.Length == 0 || char.IsDigit(result[result.Length - 1])))
            {
                result.Append('_');
            }

            result.Append(char.ToUpperInvariant(word[0])).Append(shouts ? word.Substring(1).ToLowerInvariant() : word.Substring(1));
        }

        if (result.Length > 0 && result[0] != '_' && !IsStart(result[0]))
        {
            result.Insert(0, '_');
        }

        return result.ToString();
    }

    /// <summary>The name of a property of the result.</summary>
    /// <param name="name">The name of an output.</param>
    /// <returns>An identifier; <c>Value</c> when the name has neither letters nor digits.</returns>
    public static string PropertyName(string name)
    {
        string pascal = PascalCase(name);
        return pascal.Length > 0 ? pascal : "Value";
    }

    /// <summary>The name of a parameter, for example <c>TicketText</c> → <c>ticketText</c>; keywords get an <c>@</c>.</summary>
    /// <param name="name">The name of an input.</param>
    /// <returns>An identifier.</returns>
    public static string ParameterName(string name)
    {
        string pascal = PascalCase(name);
        if (pascal.Length == 0)
        {
            return "value";
        }

        int upper = 0;
        while (upper < pascal.Length && char.IsUpper(pascal[upper]))
        {
            upper++;
        }

        // URLPath → urlPath, URL → url, Path → path.
        int lower = upper > 1 && upper < pascal.Length && char.IsLower(pascal[upper]) ? upper - 1 : upper;
        string camel = pascal.Substring(0, lower).ToLowerInvariant() + pascal.Substring(lower);
        return _keywords.Contains(camel) ? "@" + camel : camel;
    }

    /// <summary>The names of the members of an enum.</summary>
    /// <param name="labels">The labels in order.</param>
    /// <returns>One identifier a label, in the same order; labels without letters and digits are called <c>Label1</c>, <c>Label2</c> … by their place.</returns>
    public static IReadOnlyList<string> LabelNames(IReadOnlyList<string> labels)
    {
        var names = new List<string>(labels.Count);
        for (int index = 0; index < labels.Count; index++)
        {
            string name = PascalCase(labels[index]);
            names.Add(name.Length > 0 ? name : "Label" + (index + 1).ToString(CultureInfo.InvariantCulture));
        }

        return names;
    }

    /// <summary>The names of the members of an enum, all different: of labels with equal names the later ones get a number.</summary>
    /// <param name="labels">The labels, the oldest first, so that a new label never takes the name of an old one.</param>
    /// <returns>One identifier a label, in the same order.</returns>
    public static IReadOnlyList<string> UniqueLabelNames(IReadOnlyList<string> labels)
    {
        IReadOnlyList<string> names = LabelNames(labels);
        var plain = new HashSet<string>(names, StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var unique = new List<string>(labels.Count);
        foreach (string name in names)
        {
            string candidate = name;
            for (int number = 2; !taken.Add(candidate); number++)
            {
                candidate = name + (char.IsDigit(name[name.Length - 1]) ? "_" : string.Empty) + number.ToString(CultureInfo.InvariantCulture);
                if (plain.Contains(candidate))
                {
                    candidate = name;
                }
            }

            unique.Add(candidate);
        }

        return unique;
    }

    /// <summary>Finds two labels that give the same name.</summary>
    /// <param name="labels">The labels in order.</param>
    /// <returns>The indices of the first such pair and its name; null when all names differ.</returns>
    public static (int First, int Second, string Name)? FindClash(IReadOnlyList<string> labels)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        IReadOnlyList<string> names = LabelNames(labels);
        for (int index = 0; index < names.Count; index++)
        {
            if (seen.TryGetValue(names[index], out int first))
            {
                return (first, index, names[index]);
            }

            seen.Add(names[index], index);
        }

        return null;
    }

    // The compiler compares identifiers in form C. Half of a surrogate pair is never a letter and would make Normalize throw.
    private static string Normalize(string name) =>
        new string([.. name.Select(character => char.IsSurrogate(character) ? ' ' : character)]).Normalize(NormalizationForm.FormC);

    private static List<string> SplitWords(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        for (int index = 0; index < text.Length; index++)
        {
            char character = text[index];
            if (IsStart(character) || (word.Length > 0 && IsMark(character)) || char.IsDigit(character))
            {
                word.Append(character);
                continue;
            }

            End(words, word);
            string? sign = character switch
            {
                '+' => "Plus",
                '#' => "Sharp",
                '&' => "And",
                '%' => "Percent",
                '-' when index == 0 && text.Length > 1 && char.IsDigit(text[1]) => "Minus",
                _ => null,
            };
            if (sign is not null)
            {
                words.Add(sign);
            }
        }

        End(words, word);
        return words;
    }

    private static void End(List<string> words, StringBuilder word)
    {
        if (word.Length > 0)
        {
            words.Add(word.ToString());
            word.Clear();
        }
    }

    private static bool IsStart(char character) => char.IsLetter(character) || char.GetUnicodeCategory(character) == UnicodeCategory.LetterNumber;

    private static bool IsMark(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
