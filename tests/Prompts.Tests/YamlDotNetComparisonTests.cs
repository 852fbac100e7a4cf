using YamlDotNet.RepresentationModel;

namespace EdgeBuild.Prompts.Tests;

/// <summary>The front matter of whole files, read by this parser and by YamlDotNet.</summary>
[TestClass]
public sealed class YamlDotNetComparisonTests
{
    [TestMethod]
    public void Every_prompt_file_of_the_repository_means_what_YamlDotNet_reads()
    {
        Assert.IsNotEmpty(RepositoryPrompts.Paths);
        foreach (string path in RepositoryPrompts.Paths)
        {
            AssertSame(File.ReadAllText(path), path);
        }
    }

    [TestMethod]
    public void Generated_prompt_files_mean_what_YamlDotNet_reads_and_what_was_meant()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            GeneratedPrompt generated = GeneratedPrompt.Create(seed);
            PromptDocument document = AssertSame(generated.Text, "seed " + seed);
            Assert.AreEqual((generated.Name, generated.Description, generated.MaxInputTokens), (document.Name, document.Description, document.MaxInputTokens));
            Assert.AreSequenceEqual(generated.Inputs.Select(field => (field.Name, field.Description)), document.Inputs.Select(input => (input.Name, input.Description)));
            foreach ((GeneratedPrompt.Field expected, PromptOutput actual) in generated.Outputs.Zip(document.Outputs))
            {
                Assert.AreEqual((expected.Name, expected.Description), (actual.Name, actual.Description), generated.Text);
                Assert.AreSequenceEqual(expected.Labels, actual.EnumValues);
            }

            Assert.AreSequenceEqual(
                generated.Messages.Select(message => message.Role + string.Concat(message.Parts)),
                document.Messages.Select(message => message.Role.ToString().ToLowerInvariant() + string.Concat(message.Parts.Select(part => part.IsPlaceholder ? "\0" + part.Text : part.Text))));
        }
    }

    private static PromptDocument AssertSame(string text, string what)
    {
        PromptParseResult parsed = PromptDocument.Parse("a.prompty", text);
        Assert.IsNotNull(parsed.Document, $"{what}: {string.Join('\n', parsed.Diagnostics)}\n{text}");
        PromptDocument document = parsed.Document;
        string[] lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        var stream = new YamlStream();
        using var reader = new StringReader(string.Join('\n', lines[1..Array.IndexOf(lines, "---", 1)]) + "\n");
        stream.Load(reader);
        var root = (YamlMappingNode)stream.Documents[0].RootNode;
        Assert.AreEqual(Text(root, "name"), document.Name, what);
        Assert.AreEqual(Text(root, "displayName"), document.DisplayName, what);
        Assert.AreEqual(Text(root, "description"), document.Description, what);
        Assert.AreEqual(Text(Child(Child(root, "metadata"), "edge"), "maxInputTokens") ?? "1024", document.MaxInputTokens.ToString(System.Globalization.CultureInfo.InvariantCulture), what);
        Assert.AreSequenceEqual(
            Items(Child(Child(root, "metadata"), "edge"), "freeText").Select(item => ((YamlScalarNode)item).Value),
            document.Outputs.Where(output => output.IsFreeText).Select(output => output.Name));
        Assert.AreSequenceEqual(
            Items(root, "inputs").Select(item => (Text(item, "name"), Text(item, "kind"), Text(item, "description"), Text(item, "example"), Labels(item))),
            document.Inputs.Select(input => ((string?)input.Name, (string?)Kind(input.Kind), input.Description, input.Example, string.Join('\n', input.EnumValues))));
        YamlNode[] tools = [.. Items(Child(Child(root, "metadata"), "edge"), "tools")];
        Assert.AreSequenceEqual(
            tools.Select(tool => (Text(tool, "name"), Text(tool, "description"))),
            document.Outputs.SelectMany(output => output.Tools).Select(tool => ((string?)tool.Name, tool.Description)));

        // With tools the answer is a call, which no file declares.
        Assert.AreSequenceEqual(
            Items(root, "outputs").Select(item => (Text(item, "name"), Text(item, "kind"), Text(item, "description"), Labels(item))),
            document.Outputs.Where(_ => tools.Length == 0).Select(output => ((string?)output.Name, (string?)Kind(output.Kind), output.Description, string.Join('\n', output.EnumValues))));
        return document;
    }

    private static string Kind(PromptValueKind kind) => kind.ToString().ToLowerInvariant();

    private static string Labels(YamlNode field) => string.Join('\n', Items(field, "enumValues").Select(item => ((YamlScalarNode)item).Value));

    private static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out YamlNode? value) ? value : null;

    private static string? Text(YamlNode? node, string key) => (Child(node, key) as YamlScalarNode)?.Value;

    private static IEnumerable<YamlNode> Items(YamlNode? node, string key) => Child(node, key) as YamlSequenceNode ?? [];
}
