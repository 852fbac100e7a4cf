using EdgeBuild.Worker.Verbs;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class PromptVerbTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edgebuild-prompt-").FullName;

    [TestCleanup]
    public void RemoveDirectory() => Directory.Delete(_directory, recursive: true);

    [TestMethod]
    public void File_is_converted_in_place_with_its_sample_file_and_only_once()
    {
        string file = Write("ask.prompty", "---\nname: ask\nsample: sample.json\n---\nuser:\n{{question}}\n");
        Write("sample.json", "{ \"question\": \"Why?\" }");
        Assert.AreEqual(0, Run("upgrade", file));
        string upgraded = File.ReadAllText(file);
        Assert.Contains("  - name: question\n    kind: string\n    example: Why?\n", upgraded);
        Assert.AreEqual(0, Run("upgrade", file));
        Assert.AreEqual(upgraded, File.ReadAllText(file));
        Assert.HasCount(2, Directory.GetFiles(_directory));
    }

    [TestMethod]
    public void Sample_file_outside_of_the_folder_of_the_prompt_is_not_read()
    {
        string file = Write("inner/ask.prompty", "---\nname: ask\nsample: ../secret.json\n---\nuser:\n{{question}}\n");
        Write("secret.json", "{ \"question\": \"secret\" }");
        Assert.AreEqual(0, Run("upgrade", file));
        Assert.DoesNotContain("secret", File.ReadAllText(file));
    }

    [TestMethod]
    public void With_an_output_the_file_stays_and_what_is_left_to_do_is_exit_code_1()
    {
        const string Text = "---\nname: ask\nversion: 1\n---\nuser:\n{% if x %}{{question}}{% endif %}\n";
        string file = Write("ask.prompty", Text);
        string output = Path.Combine(_directory, "new.prompty");
        Assert.AreEqual(1, Run("upgrade", file, "--output", output));
        Assert.AreEqual(Text, File.ReadAllText(file));
        Assert.Contains("kind: string", File.ReadAllText(output));
    }

    private static int Run(params string[] arguments) => PromptVerb.Create().Parse(arguments).Invoke();

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }
}
