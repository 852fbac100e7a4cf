using System.Globalization;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace EdgeBuild.Editor.Tests;

/// <summary>Draws hover text as an SVG picture in the colours that editors give the kinds of words.</summary>
internal static class HoverPicture
{
    private const int Columns = 104;
    private const double CharacterWidth = 7.82;
    private const int LineHeight = 19;
    private const int Margin = 14;

    private static readonly XNamespace _svg = "http://www.w3.org/2000/svg";

    /// <summary>Draws a picture.</summary>
    /// <param name="parts">The tagged text.</param>
    /// <returns>The text of the SVG file.</returns>
    public static string Draw(IReadOnlyList<TaggedText> parts)
    {
        List<List<(string Text, string Color)>> lines = Wrap(parts);
        int height = (lines.Count * LineHeight) + (2 * Margin);
        string width = ((int)(Columns * CharacterWidth) + (2 * Margin)).ToString(CultureInfo.InvariantCulture);
        var root = new XElement(
            _svg + "svg",
            new XAttribute("viewBox", $"0 0 {width} {height.ToString(CultureInfo.InvariantCulture)}"),
            new XAttribute("width", width),
            new XAttribute("font-family", "Consolas, 'DejaVu Sans Mono', monospace"),
            new XAttribute("font-size", "13"),
            new XElement(_svg + "rect", new XAttribute("width", "100%"), new XAttribute("height", "100%"), new XAttribute("rx", "4"), new XAttribute("fill", "#252526"), new XAttribute("stroke", "#454545")));
        for (int line = 0; line < lines.Count; line++)
        {
            // An empty line is drawn too, so that the text of the picture is the text of the hover.
            root.Add(new XElement(
                _svg + "text",
                new XAttribute("x", Margin),
                new XAttribute("y", Margin + ((line + 1) * LineHeight) - 5),
                new XAttribute(XNamespace.Xml + "space", "preserve"),
                lines[line].Select(run => new XElement(_svg + "tspan", new XAttribute("fill", run.Color), run.Text))));
        }

        return root.ToString(SaveOptions.DisableFormatting).Replace("<text", "\n<text", StringComparison.Ordinal).ReplaceLineEndings("\n") + "\n";
    }

    /// <summary>The words of a picture, in order, without the line breaks that its width needs.</summary>
    public static string Words(string svg) =>
        Normalize(string.Join(' ', XElement.Parse(svg).Elements(_svg + "text").Select(line => string.Concat(line.Elements().Select(run => run.Value)))));

    /// <summary>The words of hover text.</summary>
    public static string Words(IReadOnlyList<TaggedText> parts) => Normalize(string.Concat(parts.Select(part => part.Text)));

    private static string Normalize(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static List<List<(string Text, string Color)>> Wrap(IReadOnlyList<TaggedText> parts)
    {
        List<List<(string Text, string Color)>> lines = [[]];
        int column = 0;
        var word = new List<(string Text, string Color)>();
        foreach ((string text, string color) in Runs(parts))
        {
            if (text == "\n")
            {
                EndWord();
                lines.Add([]);
                column = 0;
                continue;
            }

            word.Add((text, color));
            if (text.EndsWith(' '))
            {
                EndWord();
            }
        }

        EndWord();
        return lines;

        // A word of several colours, such as a type with its brackets, stays together.
        void EndWord()
        {
            int length = word.Sum(run => run.Text.Length);
            if (column > 0 && column + length > Columns + 1)
            {
                lines.Add([]);
                column = 0;
            }

            lines[^1].AddRange(word);
            column += length;
            word.Clear();
        }
    }

    /// <summary>The text in pieces that end at a space, or that are a line end.</summary>
    private static IEnumerable<(string Text, string Color)> Runs(IReadOnlyList<TaggedText> parts)
    {
        foreach (TaggedText part in parts)
        {
            string text = part.Text.ReplaceLineEndings("\n");
            int start = 0;
            for (int index = 0; index < text.Length; index++)
            {
                bool lineEnd = text[index] == '\n';
                bool wordEnd = text[index] == ' ' && (index + 1 == text.Length || text[index + 1] != ' ');
                if (lineEnd || wordEnd)
                {
                    int end = wordEnd ? index + 1 : index;
                    if (end > start)
                    {
                        yield return (text[start..end], Color(part.Tag));
                    }

                    if (lineEnd)
                    {
                        yield return ("\n", string.Empty);
                    }

                    start = index + 1;
                }
            }

            if (start < text.Length)
            {
                yield return (text[start..], Color(part.Tag));
            }
        }
    }

    private static string Color(string tag) => tag switch
    {
        TextTags.Keyword => "#569cd6",
        TextTags.Class or TextTags.Record or TextTags.Struct => "#4ec9b0",
        TextTags.Interface or TextTags.Enum => "#b8d7a3",
        TextTags.Method or TextTags.ExtensionMethod => "#dcdcaa",
        TextTags.Parameter or TextTags.Local or TextTags.Property or TextTags.EnumMember => "#9cdcfe",
        _ => "#d4d4d4",
    };
}
