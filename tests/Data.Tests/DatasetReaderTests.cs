using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Data.Tests;

[TestClass]
public sealed class DatasetReaderTests
{
    [TestMethod]
    public void A_json_line_gives_its_properties_with_their_places()
    {
        (DatasetRecord[] records, Diagnostic[] findings) = Read("rows.jsonl", "{\"a\": \"x\", \"b\": true}\n\n{\"a\": \"y\", \"b\": false}\n");

        Assert.IsEmpty(findings);
        Assert.HasCount(2, records);
        Assert.AreEqual(new SourcePosition(1, 7, 1, 10), records[0].Find("a")!.Position);
        Assert.AreEqual(3, records[1].Position.Line);
        Assert.AreEqual(JsonKind.Boolean, records[1].Find("b")!.Json!.Kind);
        Assert.IsNull(records[1].Find("c"));
    }

    [TestMethod]
    public void One_broken_json_line_is_exactly_one_error_at_its_place_and_the_other_rows_are_read()
    {
        (DatasetRecord[] records, Diagnostic[] findings) = Read("rows.jsonl", "{\"a\": \"x\"}\n{\"a\": \"y\", \"b\" \"z\", ]}\n{\"a\": \"z\"}\n");

        Assert.HasCount(2, records);
        Diagnostic finding = findings.Single();
        Assert.AreEqual("EDGE1101", finding.Code);
        Assert.AreEqual("rows.jsonl(2,16): error EDGE1101: The row is not valid JSON: a colon is expected.", finding.ToString());
    }

    [TestMethod]
    [DataRow("[1]")]
    [DataRow("\"text\"")]
    [DataRow("17")]
    public void A_json_line_that_is_no_object_is_an_error(string line)
    {
        (DatasetRecord[] records, Diagnostic[] findings) = Read("rows.jsonl", line + "\n");

        Assert.IsEmpty(records);
        Assert.AreEqual("EDGE1101", findings.Single().Code);
    }

    [TestMethod]
    [DataRow("rows.jsonl", "{\"a\": \"é\"}\r\n{\"a\": \"b\"}")]
    [DataRow("rows.csv", "a\r\né\r\nb")]
    public void A_byte_order_mark_and_carriage_returns_change_no_value_and_no_place(string name, string text)
    {
        (DatasetRecord[] plain, _) = Read(name, text.Replace("\r\n", "\n", StringComparison.Ordinal));
        (DatasetRecord[] marked, Diagnostic[] findings) = Read(name, [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text)]);

        Assert.IsEmpty(findings);
        CollectionAssert.AreEqual(
            plain.Select(row => (row.Position, row.Fields[0].Name, row.Fields[0].Text, row.Fields[0].Position)).ToArray(),
            marked.Select(row => (row.Position, row.Fields[0].Name, row.Fields[0].Text, row.Fields[0].Position)).ToArray());
        Assert.AreEqual("é", marked[0].Fields[0].Text);
    }

    [TestMethod]
    [DataRow("rows.jsonl", "{\"a\": \"x\"}\n{\"a\": \"é", 2, 9)]
    [DataRow("rows.csv", "a\nx\né", 3, 2)]
    public void Bytes_that_are_not_utf8_are_one_error_at_their_place(string name, string before, int line, int column)
    {
        (DatasetRecord[] records, Diagnostic[] findings) = Read(name, [.. Encoding.UTF8.GetBytes(before), 0xE9, (byte)' ', (byte)'"', (byte)'}', (byte)'\n']);

        Assert.HasCount(1, records);
        Assert.AreEqual("EDGE1109", findings.Single().Code);
        Assert.AreEqual((line, column), (findings[0].Position.Line, findings[0].Position.Column));
    }

    [TestMethod]
    public void Utf16_is_named_as_such()
    {
        (_, Diagnostic[] findings) = Read("rows.csv", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a\nx\n")]);

        StringAssert.Contains(findings.Single().Message, "UTF-16");
    }

    [TestMethod]
    public void A_csv_field_over_several_lines_keeps_its_line_ends_and_the_next_field_its_place()
    {
        (DatasetRecord[] records, Diagnostic[] findings) = Read("rows.csv", "a,b\n\"one\r\ntwo \"\"2\"\"\nthree\",x\ny,z\n");

        Assert.IsEmpty(findings);
        Assert.AreEqual("one\r\ntwo \"2\"\nthree", records[0].Fields[0].Text);
        Assert.AreEqual(new SourcePosition(2, 1, 4, 7), records[0].Fields[0].Position);
        Assert.AreEqual(new SourcePosition(4, 8, 4, 9), records[0].Fields[1].Position);
        Assert.AreEqual(new SourcePosition(2, 1, 4, 9), records[0].Position);
        Assert.AreEqual(5, records[1].Position.Line);
    }

    [TestMethod]
    [DataRow("a,b\nx,\"y\"z\nu,v\n", 2, 6, "Text follows the closing double quote")]
    [DataRow("a,b\nx,y\"z\"\nu,v\n", 2, 4, "A double quote stands inside a field")]
    [DataRow("a,b\nx\nu,v\n", 2, 1, "The row has 1 fields, the header has 2.")]
    [DataRow("a,b\nx,y,z\nu,v\n", 2, 1, "The row has 3 fields, the header has 2.")]
    [DataRow("a,b\nu,v\nx,\"y\nz\n", 3, 3, "never closed")]
    public void A_malformed_csv_row_is_one_error_at_its_place_and_the_other_rows_are_read(string text, int line, int column, string message)
    {
        (DatasetRecord[] records, Diagnostic[] findings) = Read("rows.csv", text);

        Assert.AreEqual("u", records.Single().Fields[0].Text);
        Assert.AreEqual("EDGE1102", findings.Single().Code);
        Assert.AreEqual((line, column), (findings[0].Position.Line, findings[0].Position.Column));
        StringAssert.Contains(findings[0].Message, message);
    }

    [TestMethod]
    public void A_column_that_stands_twice_in_a_csv_header_is_an_error()
    {
        (DatasetRecord[] records, Diagnostic[] findings) = Read("rows.csv", "a,b,a\n1,2,3\n");

        Assert.IsEmpty(records);
        Assert.AreEqual(new SourcePosition(1, 5, 1, 6), findings.Single().Position);
    }

    [TestMethod]
    public void An_unknown_file_type_and_a_missing_file_are_errors_that_name_the_file()
    {
        var type = Assert.ThrowsExactly<EdgeBuildException>(() => DatasetReader.Read("data/rows.xlsx", "data/rows.xlsx", _ => { }));
        var missing = Assert.ThrowsExactly<EdgeBuildException>(() => DatasetReader.Read("data/none.csv", "data/none.csv", _ => { }));

        Assert.AreEqual(("EDGE1109", "data/rows.xlsx"), (type.Code, type.Path));
        Assert.AreEqual(("EDGE0004", "data/none.csv"), (missing.Code, missing.Path));
    }

    [TestMethod]
    public void Lines_longer_than_the_buffer_are_read_whole()
    {
        string value = new('x', 300_000);
        (DatasetRecord[] records, _) = Read("rows.jsonl", $"{{\"a\": \"{value}\"}}\n{{\"a\": \"y\"}}\n");

        Assert.AreEqual(value, records[0].Fields[0].Text);
        Assert.AreEqual("y", records[1].Fields[0].Text);
    }

    private static (DatasetRecord[] Records, Diagnostic[] Findings) Read(string name, string text) => Read(name, Encoding.UTF8.GetBytes(text));

    private static (DatasetRecord[] Records, Diagnostic[] Findings) Read(string name, byte[] bytes)
    {
        using var directory = new TemporaryDirectory();
        var findings = new List<Diagnostic>();
        DatasetRecord[] records = [.. DatasetReader.Read(directory.Write(name, bytes), name, findings.Add)];
        return (records, [.. findings]);
    }
}
