using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Prompts.Tests;

[TestClass]
public sealed class NestedAnswerTests
{
    private static readonly PromptOutput _person = Object(
        "person",
        Part("name", PromptValueKind.String),
        Part("age", PromptValueKind.Integer) with { Required = false },
        Part("role", PromptValueKind.String) with { EnumValues = ["admin", "user"] },
        Array("tags", Part(string.Empty, PromptValueKind.String)),
        Part("note", PromptValueKind.String) with { Required = false });

    [TestMethod]
    public void Punctuation_between_two_decisions_is_one_segment()
    {
        CollectionAssert.AreEqual(
            new[] { "{\"name\":\"", "Ann", "\",\"age\":", "7", ",\"role\":\"", "admin", "\",\"tags\":[", "\"", "x", "\",\"", "y\\\"", "\"]", ",\"note\":", "null", "}" },
            Texts(_person, """{"tags":["x","y\""],"name":"Ann","age":7,"role":"admin"}"""));
        CollectionAssert.AreEqual(
            new[] { "{\"name\":\"", "", "\",\"age\":", "null", ",\"role\":\"", "user", "\",\"tags\":[", "]", ",\"note\":", "\"", "n", "\"}" },
            Texts(_person, """{"name":"","age":null,"role":"user","tags":[],"note":"n"}"""));
    }

    [TestMethod]
    public void Arrays_of_numbers_objects_and_arrays_have_no_ambiguous_place()
    {
        CollectionAssert.AreEqual(new[] { "[", "1", ",", "-2.5", "]" }, Texts(Array("a", Part(string.Empty, PromptValueKind.Float)), "[1, -2.50]"));
        CollectionAssert.AreEqual(
            new[] { "[", "{\"b\":", "true", "},{\"b\":", "false", "}]" },
            Texts(Array("a", Object(string.Empty, Part("b", PromptValueKind.Boolean))), """[{"b":true},{"b":false}]"""));
        CollectionAssert.AreEqual(
            new[] { "[", "[", "]", ",[", "3", "]", "]" },
            Texts(Array("a", Array(string.Empty, Part(string.Empty, PromptValueKind.Integer))), "[[],[3]]"));
        CollectionAssert.AreEqual(new[] { "[", "]" }, Texts(Array("a", Part(string.Empty, PromptValueKind.Boolean)), "[]"));
    }

    [TestMethod]
    public void Every_decision_names_the_texts_that_could_stand_in_its_place()
    {
        IReadOnlyList<AnswerSegment> segments = NestedAnswer.Segments(_person, JsonText.Parse("""{"name":"Ann","role":"user","tags":["x"]}"""));
        CollectionAssert.AreEqual(new[] { "null", "" }, segments.First(segment => segment.Text == "null").Alternatives.ToArray());
        CollectionAssert.AreEqual(new[] { "\"]", "\",\"" }, segments.First(segment => segment.Text == "\"]").Alternatives.ToArray());
        foreach (AnswerSegment segment in segments.Where(segment => segment.Alternatives.Count > 0))
        {
            Assert.Contains(segment.Text, segment.Alternatives.ToArray());
        }
    }

    [TestMethod]
    public void The_segments_together_are_compact_json_of_the_value()
    {
        const string Canonical = """{"name":"a\"b\n","age":-3,"role":"user","tags":["","x,y]"],"note":null}""";

        Assert.AreEqual(Canonical, NestedAnswer.Canonical(_person, JsonText.Parse("""{ "age": -3, "name": "a\u0022b\n", "role":"user", "tags": [ "", "x,y]" ] }""")));
        Assert.AreEqual(Canonical, NestedAnswer.Canonical(_person, JsonText.Parse(Canonical)));
    }

    [TestMethod]
    [DataRow("""{"role":"user","tags":[]}""", "'name' is missing")]
    [DataRow("""{"name":1,"role":"user","tags":[]}""", "'name' is not of the kind")]
    [DataRow("""{"name":"a","role":"boss","tags":[]}""", "none of the labels")]
    [DataRow("""{"name":"a","role":"user","tags":"x"}""", "'tags' is not of the kind")]
    [DataRow("""{"name":"a","role":"user","tags":[],"age":1.5}""", "whole number")]
    [DataRow("""{"name":"a","role":"user","tags":[],"rolle":"x"}""", "'rolle' is no property")]
    [DataRow("[]", "'person' is not of the kind")]
    public void A_value_of_another_form_is_refused(string json, string expected) =>
        Assert.Contains(expected, Assert.ThrowsExactly<FormatException>(() => NestedAnswer.Segments(_person, JsonText.Parse(json))).Message);

    private static string[] Texts(PromptOutput output, string json) =>
        [.. NestedAnswer.Segments(output, JsonText.Parse(json)).Select(segment => segment.Text)];

    private static PromptOutput Part(string name, PromptValueKind kind) => new() { Name = name, Kind = kind, Position = new(1, 1) };

    private static PromptOutput Array(string name, PromptOutput item) => Part(name, PromptValueKind.Array) with { Items = item };

    private static PromptOutput Object(string name, params PromptOutput[] properties) => Part(name, PromptValueKind.Object) with { Properties = properties };
}
