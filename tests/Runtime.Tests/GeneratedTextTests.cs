using System.Text;

namespace EdgeBuild.Runtime.Tests;

[TestClass]
public sealed class GeneratedTextTests
{
    [TestMethod]
    [DataRow("plain\",\"next", "plain", true)]
    [DataRow("a \\\"quoted\\\" word\"", "a \"quoted\" word", true)]
    [DataRow("line\\nbreak\\\\", "line\nbreak\\", false)]
    [DataRow("\\u00e4\\ud83d\\ude00\"", "ä😀", true)]
    [DataRow("cut\\u00", "cut", false)]
    [DataRow("lone \\ud83d\"", "lone \uFFFD", true)]
    public void A_json_string_ends_at_its_quote_and_is_unescaped(string raw, string expected, bool ended)
    {
        foreach (int size in new[] { 1, 2, 3, 100 })
        {
            var body = new JsonStringBody();
            byte[] bytes = Encoding.UTF8.GetBytes(raw);
            bool end = false;
            for (int i = 0; i < bytes.Length && !end; i += size)
            {
                end = body.Append(bytes.AsSpan(i, Math.Min(size, bytes.Length - i)));
            }

            Assert.AreEqual(ended, end);
            Assert.AreEqual(expected, body.ToText());
        }
    }

    [TestMethod]
    public void An_unfinished_character_at_the_end_is_left_out()
    {
        byte[] bytes = Encoding.UTF8.GetBytes("ä€😀");
        var lengths = new List<int>();
        for (int length = 0; length <= bytes.Length; length++)
        {
            string text = Utf8Text.Decode(bytes.AsSpan(0, length));
            Assert.IsFalse(text.Contains('\uFFFD', StringComparison.Ordinal));
            Assert.IsTrue("ä€😀".StartsWith(text, StringComparison.Ordinal));
            lengths.Add(text.Length);
        }

        CollectionAssert.AreEqual(new[] { 0, 0, 1, 1, 1, 2, 2, 2, 2, 4 }, lengths);
    }

    [TestMethod]
    public void Damaged_bytes_become_replacement_characters() =>
        Assert.AreEqual("a\uFFFDb", Utf8Text.Decode([(byte)'a', 0xFF, (byte)'b']));
}
