namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class PromptNamingTests
{
    [TestMethod]
    [DataRow("Billing", "Billing")]
    [DataRow("HowTo", "HowTo")]
    [DataRow("how to", "HowTo")]
    [DataRow("ticket-triage", "TicketTriage")]
    [DataRow("snake_case_name", "SnakeCaseName")]
    [DataRow("IN_PROGRESS", "InProgress")]
    [DataRow("API", "API")]
    [DataRow("404 Not Found", "_404NotFound")]
    [DataRow("1.2", "_1_2")]
    [DataRow("10-20", "_10_20")]
    [DataRow("12", "_12")]
    [DataRow("C++", "CPlusPlus")]
    [DataRow("C#", "CSharp")]
    [DataRow("R&D", "RAndD")]
    [DataRow("5%", "_5Percent")]
    [DataRow("-1", "Minus1")]
    [DataRow("+1", "Plus1")]
    [DataRow("a/b (c)", "ABC")]
    [DataRow("größe", "Größe")]
    [DataRow("gro\u0308ße", "Größe")]
    [DataRow("你好", "你好")]
    [DataRow("हिन्दी", "हिन्दी")]
    [DataRow("👍", "")]
    [DataRow("class", "Class")]
    public void Names_of_types_and_members_are_PascalCase(string name, string expected)
    {
        Assert.AreEqual(expected, PromptNaming.PascalCase(name));
    }

    [TestMethod]
    [DataRow("ticket", "ticket")]
    [DataRow("Ticket_Text", "ticketText")]
    [DataRow("URLPath", "urlPath")]
    [DataRow("URL", "url")]
    [DataRow("class", "@class")]
    [DataRow("String", "@string")]
    [DataRow("await", "@await")]
    [DataRow("_", "value")]
    [DataRow("_1", "_1")]
    public void Names_of_parameters_are_camelCase_and_no_keywords(string name, string expected)
    {
        Assert.AreEqual(expected, PromptNaming.ParameterName(name));
    }

    [TestMethod]
    public void Labels_without_letters_are_named_by_their_place()
    {
        Assert.AreSequenceEqual(["Good", "Label2", "Label3"], PromptNaming.LabelNames(["good", "👍", "!!"]));
    }

    [TestMethod]
    public void Clashes_are_found()
    {
        Assert.IsNull(PromptNaming.FindClash(["a", "b", "👍", "👎"]));
        Assert.AreEqual((1, 3, "HowTo"), PromptNaming.FindClash(["a", "how to", "b", "HowTo"]));
        Assert.AreEqual((0, 1, "Label2"), PromptNaming.FindClash(["label2", "👍"]));
    }
}
