using System.Globalization;
using System.Text.Json;

namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class AnswerTextTests
{
    [TestMethod]
    public void Values_are_written_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        try
        {
            Assert.AreEqual("1.5", AnswerText.Format(1.5));
            Assert.AreEqual("-1234", AnswerText.Format(-1234L));
            Assert.IsTrue(AnswerText.TryParse("1.5", out double number));
            Assert.AreEqual(1.5, number);
            Assert.IsFalse(AnswerText.TryParse("1,5", out number));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [TestMethod]
    public void Booleans_are_exactly_true_and_false()
    {
        Assert.IsTrue(AnswerText.TryParse(AnswerText.Format(true), out bool value) && value);
        Assert.IsTrue(AnswerText.TryParse(AnswerText.Format(false), out value));
        Assert.IsFalse(value);
        Assert.IsFalse(AnswerText.TryParse("True", out value));
    }

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(-1e300)]
    [DataRow(double.Epsilon)]
    [DataRow(1d / 3)]
    public void Numbers_read_back_unchanged(double value)
    {
        Assert.IsTrue(AnswerText.TryParse(AnswerText.Format(value), out double read));
        Assert.AreEqual(value, read);
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("a \"b\" \\ c / d")]
    [DataRow("\n\r\t\u0001\u001f")]
    [DataRow("grüße 😀 <>&'")]
    public void Escaped_text_is_JSON_and_reads_back(string value)
    {
        string escaped = AnswerText.EscapeJson(value);
        Assert.AreEqual(value, JsonSerializer.Deserialize<string>("\"" + escaped + "\""));
        Assert.AreEqual(value, AnswerText.UnescapeJson(escaped));
    }

    [TestMethod]
    public void Broken_escapes_are_refused()
    {
        Assert.ThrowsExactly<FormatException>(() => AnswerText.UnescapeJson("\\q"));
        Assert.ThrowsExactly<FormatException>(() => AnswerText.UnescapeJson("a\" \"b"));
    }

    [TestMethod]
    public void Only_values_between_quotes_are_escaped()
    {
        const string Fields = "---\nname: x\ninputs:\n  - name: a\n    kind: string\noutputs:\n  - name: b\n    kind: string\n    enumValues: ['\"q\"', y]\n";
        PromptDocument single = PromptText.ParseValid(Fields + "---\nuser:\n{{a}}");
        PromptDocument several = PromptText.ParseValid(Fields + "  - name: c\n    kind: boolean\n---\nuser:\n{{a}}");
        Assert.AreEqual("\"q\"", AnswerText.ToSegment(single, 0, "\"q\""));
        Assert.AreEqual("\\\"q\\\"", AnswerText.ToSegment(several, 0, "\"q\""));
        Assert.AreEqual("\"q\"", AnswerText.FromSegment(several, 0, "\\\"q\\\""));
        Assert.AreEqual("true", AnswerText.ToSegment(several, 1, "true"));
    }
}
