using System.Text.Json;
using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Contracts.Tests;

[TestClass]
public sealed class JsonTextTests
{
    [TestMethod]
    public void Values_know_where_they_stand()
    {
        JsonValue root = JsonText.Parse("{\n  \"a\": [1, \"x\"],\n  \"b\": true\n}");
        Assert.AreEqual(new SourcePosition(2, 8, 2, 16), root["a"]!.Position);
        Assert.AreEqual(new SourcePosition(2, 12, 2, 15), root["a"]!.Items[1].Position);
        Assert.AreEqual(new SourcePosition(3, 3, 3, 6), root.Properties[1].NamePosition);
    }

    [TestMethod]
    public void First_line_offsets_positions_of_a_row()
    {
        JsonValue row = JsonText.Parse("{\"a\": 1}", firstLine: 17);
        Assert.AreEqual(17, row["a"]!.Position.Line);
    }

    [TestMethod]
    [DataRow("", 1, 1)]
    [DataRow("{\"a\" 1}", 1, 6)]
    [DataRow("{\"a\": 1,}", 1, 9)]
    [DataRow("{\"a\": tru}", 1, 7)]
    [DataRow("{\"a\": \"x}", 1, 10)]
    [DataRow("{\"a\": 01}", 1, 8)]
    [DataRow("{\"a\": 1}\n x", 2, 2)]
    [DataRow("{\"a\": 1, \"a\": 2}", 1, 10)]
    [DataRow("\"\\q\"", 1, 2)]
    [DataRow("[1. ]", 1, 4)]
    public void Errors_name_the_place(string text, int line, int column)
    {
        JsonSyntaxException exception = Assert.ThrowsExactly<JsonSyntaxException>(() => JsonText.Parse(text));
        Assert.AreEqual((line, column), (exception.Position.Line, exception.Position.Column), exception.Message);
    }

    [TestMethod]
    public void Deep_nesting_is_refused_instead_of_ending_the_process() =>
        Assert.ThrowsExactly<JsonSyntaxException>(() => JsonText.Parse(new string('[', 100_000)));

    [TestMethod]
    [DataRow("{\"a\":[1,-2.5e3,\"x\\u00e9\\n\\\"\",null,true,{}],\"b\":\"\"}")]
    [DataRow(" [ ] ")]
    [DataRow("\"\\ud83d\\ude42 caf\u00e9\"")]
    public void Reads_what_the_standard_library_reads(string text)
    {
        using JsonDocument expected = JsonDocument.Parse(text);
        AssertEqual(expected.RootElement, JsonText.Parse(text));
    }

    [TestMethod]
    public void Written_text_reads_back_in_the_standard_library()
    {
        const string Hostile = "quote \" back \\ line\n tab\t bell\u0007 \ud83d\ude42 é";
        string text = new JsonTextWriter(1).BeginObject().String("s", Hostile).Number("n", 0.1).Boolean("b", true).Strings("a", ["x", "y"])
            .BeginObject("o").EndObject().EndObject().ToString();
        using JsonDocument document = JsonDocument.Parse(text);
        Assert.AreEqual(Hostile, document.RootElement.GetProperty("s").GetString());
        Assert.AreEqual(0.1, document.RootElement.GetProperty("n").GetDouble());
        Assert.AreEqual(2, document.RootElement.GetProperty("a").GetArrayLength());
        Assert.AreEqual(Hostile, JsonText.Parse(text).GetString("s"));
    }

    private static void AssertEqual(JsonElement expected, JsonValue actual)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Json.JsonProperty[] properties = [.. actual.Properties];
                int index = 0;
                foreach (System.Text.Json.JsonProperty property in expected.EnumerateObject())
                {
                    Assert.AreEqual(property.Name, properties[index].Name);
                    AssertEqual(property.Value, properties[index++].Value);
                }

                Assert.HasCount(index, properties);
                break;
            case JsonValueKind.Array:
                Assert.HasCount(expected.GetArrayLength(), actual.Items);
                for (int i = 0; i < actual.Items.Count; i++)
                {
                    AssertEqual(expected[i], actual.Items[i]);
                }

                break;
            case JsonValueKind.String:
                Assert.AreEqual(JsonKind.String, actual.Kind);
                Assert.AreEqual(expected.GetString(), actual.Text);
                break;
            default:
                Assert.AreEqual(expected.GetRawText(), actual.Text);
                break;
        }
    }
}
