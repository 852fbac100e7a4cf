using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace EdgeBuild.Generators.Tests;

[TestClass]
public sealed class DocumentationTests
{
    private readonly GeneratedProject _project = GeneratedProject.Run(
        ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage),
        ProjectFile.Lock(PromptText.TriageLock));

    [TestMethod]
    public void Hover_over_the_client_shows_prompt_inputs_labels_and_score()
    {
        XElement documentation = Documentation("TicketTriage.Triage");
        Assert.AreEqual("Sorts a Loopdesk support ticket into a category and tells whether it is urgent.", documentation.Element("summary")!.Value);
        string remarks = documentation.Element("remarks")!.Value;
        Assert.Contains("the model Support", remarks);
        Assert.Contains("Score: category 91.3 % of 300 test rows right (untuned base: 24.0 %); urgent 95.0 % of 300 test rows right (untuned base: 61.0 %).", remarks);
        Assert.Contains("ticket: The ticket as the customer wrote it. Example: I was charged twice this month", remarks);
        Assert.Contains("One of Billing, Subscription, Access,", remarks);
        Assert.Contains("One of true, false.", remarks);
        string prompt = documentation.Descendants("code").Single().Value;
        Assert.Contains("Urgent: waiting a day does harm.", prompt);
        Assert.Contains("{{ticket}}", prompt);
    }

    [TestMethod]
    public void Hover_over_a_call_shows_what_it_takes()
    {
        INamedTypeSymbol type = _project.Compilation.GetTypeByMetadataName("TicketTriage.ITriage")!;
        XElement documentation = XElement.Parse(type.GetMembers("RunAsync").Single().GetDocumentationCommentXml()!);
        Assert.StartsWith("The ticket as the customer wrote it. Example: ", documentation.Elements("param").First().Value);
        Assert.Contains("91.3 %", documentation.Element("remarks")!.Value);
    }

    [TestMethod]
    public void Hover_over_labels_shows_their_exact_text()
    {
        INamedTypeSymbol type = _project.Compilation.GetTypeByMetadataName("TicketTriage.TriageCategory")!;
        Assert.AreEqual("What the customer wants support to do or to answer.", Documentation("TicketTriage.TriageCategory").Element("summary")!.Value);
        foreach (IFieldSymbol member in type.GetMembers().OfType<IFieldSymbol>())
        {
            Assert.AreEqual($"The label {member.Name}.", XElement.Parse(member.GetDocumentationCommentXml()!).Element("summary")!.Value);
        }
    }

    [TestMethod]
    public void Without_a_lock_file_no_score_is_claimed()
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage));
        Assert.DoesNotContain("Score", project["TicketTriage.Triage.g.cs"]);
        Assert.DoesNotContain("%", project["TicketTriage.Triage.g.cs"]);
    }

    private XElement Documentation(string type) => XElement.Parse(_project.Compilation.GetTypeByMetadataName(type)!.GetDocumentationCommentXml()!);
}
