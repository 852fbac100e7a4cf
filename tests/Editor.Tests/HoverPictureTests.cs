using System.Text.RegularExpressions;

using Microsoft.CodeAnalysis;

namespace EdgeBuild.Editor.Tests;

/// <summary>
/// The pictures of docs/prompts.md show what Roslyn shows for the sample now. With the environment variable
/// <c>EDGEBUILD_DRAW_PICTURES=1</c> the test draws them anew.
/// </summary>
[TestClass]
public sealed partial class HoverPictureTests
{
    private const string Code = """
        using TicketTriage;
        using Triage triage = new();
        TriageResult answer = await triage.RunAsync("I was charged twice");
        if (answer.Category == TriageCategory.Billing) { }
        """;

    [TestMethod]
    [DataRow("Triage triage", "hover-client.svg")]
    [DataRow("RunAsync", "hover-call.svg")]
    [DataRow("TriageCategory", "hover-enum.svg")]
    public async Task Picture_shows_the_hover_text_of_the_sample(string name, string file)
    {
        IReadOnlyList<TaggedText> hover = await HoverText.GetAsync(Code, name);
        string path = Path.Combine(RepositoryFiles.Root, "docs", "images", file);
        if (Environment.GetEnvironmentVariable("EDGEBUILD_DRAW_PICTURES") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, HoverPicture.Draw(hover));
        }

        string drawn = await File.ReadAllTextAsync(path);
        const string Advice = "The hover text has changed. Draw the pictures anew: run this test with EDGEBUILD_DRAW_PICTURES=1.";
        Assert.AreEqual(WithoutScores(HoverPicture.Words(hover)), WithoutScores(HoverPicture.Words(drawn)), Advice);
        if (HoverPicture.Words(hover) == HoverPicture.Words(drawn))
        {
            Assert.AreEqual(HoverPicture.Draw(hover), drawn, Advice);
        }
    }

    [TestMethod]
    public async Task Hover_text_tells_prompt_labels_and_score()
    {
        string client = HoverPicture.Words(await HoverText.GetAsync(Code, "Triage triage"));
        Assert.Contains("Sorts a Loopdesk support ticket", client);
        Assert.Contains("test rows right", client);
        Assert.Contains("Sort the support ticket by what the customer wants", client);
        Assert.Contains("HowTo", HoverPicture.Words(await HoverText.GetAsync(Code, "TriageCategory")) + client);
    }

    // A CPU of another class trains another model of the same quality, and the lock file has its score then.
    private static string WithoutScores(string words) => Score().Replace(words, "0.0 %");

    [GeneratedRegex(@"\d+\.\d %")]
    private static partial Regex Score();
}
