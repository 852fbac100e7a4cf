using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Prompts.Tests;

/// <summary>Files that a broken editor, merge or disk could leave behind.</summary>
[TestClass]
public sealed class FuzzTests
{
    private const int Mutations = 10_000;

    private static readonly string[] _pieces =
    [
        "---", "\n", "\r", "\r\n", "\t", " ", "  ", ":", ": ", "- ", "-", "[", "]", "{", "}", "{{", "}}", "{%", "{#", "\"", "'", "|", ">", "|+2", "#", " #", "&a", "*a", "!t", "%", "@", "`", "?",
        "<<: x", "...", "\\", "\\u", "\\U0011FFFF", "\\x4", "\0", "\u0007", "\u007f", "\uFEFF", "\ud83d", "\ude00", "😀", "\u2028", "\u0085", "null", "true", "1e999", "0x", "-0", "9999999999999999999",
        "name: x\n", "kind: array\n", "items:\n", "properties:\n", "sample: y\n", "type: string\n", "metadata:\n", "edge:\n", "freeText: [x]\n", "maxInputTokens: 0\n", "enumValues: []\n", "required: false\n",
        "system:", "user:", "assistant:", "User:", " user:", "{{text}}", "{{ a.b.c }}", "{{}}", "{{{x}}}", "inputs:", "outputs:", "template:", "model:\n  api: chat\n",
    ];

    [TestMethod]
    public void Mutated_files_throw_nothing_and_every_finding_has_a_place_inside_the_file()
    {
        string[] seeds =
        [
            .. RepositoryPrompts.Paths.Select(File.ReadAllText),
            PromptText.Triage,
            .. Enumerable.Range(0, 50).Select(seed => GeneratedPrompt.Create(seed).Text),
        ];
        int rejected = 0;
        for (int seed = 0; seed < Mutations; seed++)
        {
            // A seeded generator repeats itself on every machine; the number in a failure's message repeats the file.
#pragma warning disable CA5394
            var random = new Random(seed);
            string text = Mutate(seeds[random.Next(seeds.Length)], random);
#pragma warning restore CA5394
            PromptParseResult result = Parse(text, seed);
            Assert.AreEqual(result.Document is null, result.Diagnostics.Any(finding => finding.IsError), Message(seed, text));
            rejected += result.Document is null ? 1 : 0;
            foreach (Diagnostic finding in result.Diagnostics)
            {
                AssertInside(finding, text, seed);
            }

            if (result.Document is { } document)
            {
                // What is accepted can be used.
                LabelSet labels = LabelSet.From(document, document.Outputs.ToDictionary(output => output.Name, _ => (IReadOnlyList<string>)["a", "b"]));
                CompiledPrompt.Compile(document, labels, ChatFormat.Gemma);
            }
        }

        // Neither all nor none of the mutations may be harmless, or the test would test nothing.
        Assert.IsGreaterThan(Mutations / 3, rejected);
        Assert.IsLessThan(Mutations * 9 / 10, rejected);
    }

#pragma warning disable CA5394
    private static string Mutate(string text, Random random)
    {
        for (int step = 1 + random.Next(4); step > 0; step--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(1, 12), text.Length - at);
            string[] lines = text.Split('\n');
            text = random.Next(9) switch
            {
                0 => text.Remove(at, length),
                1 => text[..at],
                2 => text.Insert(at, text.Substring(at, length)),
                3 => text.Insert(at, ((char)random.Next(0x10000)).ToString()),
                4 => string.Join('\n', lines.Where((_, index) => index != at % lines.Length)),
                5 => string.Join('\n', lines.Select((line, index) => index == at % lines.Length ? " " + line : line)),
                6 => string.Join('\n', lines.Select((line, index) => index == at % lines.Length ? line.TrimStart() : line)),
                _ => text.Insert(at, _pieces[random.Next(_pieces.Length)]),
            };
        }

        return text;
    }
#pragma warning restore CA5394

    private static PromptParseResult Parse(string text, int seed)
    {
        try
        {
            return PromptDocument.Parse("a.prompty", text);
        }
        catch (Exception exception)
        {
            throw new AssertFailedException(Message(seed, text), exception);
        }
    }

    private static void AssertInside(Diagnostic finding, string text, int seed)
    {
        // A byte order mark is no part of a line, as in every editor.
        string[] lines = (text.StartsWith('\uFEFF') ? text[1..] : text).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        SourcePosition position = finding.Position;
        AssertPlace(position.Line, position.Column);
        if (position.EndLine != 0)
        {
            AssertPlace(position.EndLine, position.EndColumn);
            Assert.IsLessThanOrEqualTo(0, (position.Line, position.Column).CompareTo((position.EndLine, position.EndColumn)), $"{finding} ends before it starts. {Message(seed, text)}");
        }

        void AssertPlace(int line, int column)
        {
            bool inside = line >= 1 && line <= lines.Length && column >= 1 && column <= lines[line - 1].Length + 1;
            Assert.IsTrue(inside, $"{finding} at {line},{column} lies outside. {Message(seed, text)}");
        }
    }

    private static string Message(int seed, string text) => $"Seed {seed.ToString(CultureInfo.InvariantCulture)}:\n{text}";
}
