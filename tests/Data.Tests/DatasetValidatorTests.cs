using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;

namespace EdgeBuild.Data.Tests;

[TestClass]
public sealed class DatasetValidatorTests : IDisposable
{
    private const string WithLabels = "    enumValues:\n      - Billing\n      - Access\n";

    private readonly TemporaryDirectory _directory = new();
    private readonly List<DatasetRow> _rows = [];

    public void Dispose() => _directory.Dispose();

    [TestMethod]
    public void Valid_rows_come_with_canonical_values_in_the_order_of_the_splits()
    {
        string test = _directory.Write("test.csv", "urgent,category,ticket,id\nTRUE,Access,let me in,1\n");
        DatasetValidation result = Validate(Prompt(WithLabels), [Dataset(test, DatasetSplits.Test), Dataset(Train(10))]);

        Assert.IsEmpty(result.Diagnostics);
        Assert.HasCount(11, _rows);
        Assert.AreEqual(DatasetSplits.Test, _rows[10].Split);
        Assert.AreEqual("true", _rows[10].Outputs["urgent"]);
        Assert.AreEqual("let me in", _rows[10].Inputs["ticket"]);
        Assert.AreEqual(10, result.RowCounts[DatasetSplits.Train]);
        Assert.AreEqual(64, result.TestRowsHash.Length);
    }

    [TestMethod]
    public void A_row_has_one_hash_whatever_the_file_type_and_the_order_of_the_columns()
    {
        string json = _directory.Write("a.jsonl", "{\"urgent\": false, \"ticket\": \"a \\u0022b\\u0022\", \"category\": \"Access\"}\n");
        string csv = _directory.Write("b.csv", "ticket,category,urgent\n\"a \"\"b\"\"\",Access,false\n");
        Validate(Prompt(WithLabels), [Dataset(json), Dataset(csv)]);

        Assert.AreEqual(_rows[0].CanonicalHash, _rows[1].CanonicalHash);
    }

    [TestMethod]
    public void The_hash_of_the_test_rows_does_not_depend_on_their_order()
    {
        string one = _directory.Write("one.csv", "ticket,category,urgent\na,Access,false\nb,Billing,true\n");
        string two = _directory.Write("two.csv", "ticket,category,urgent\nb,Billing,true\na,Access,false\n");
        string three = _directory.Write("three.csv", "ticket,category,urgent\nb,Billing,false\na,Access,false\n");
        string train = Train(10);

        string Hash(string test) => Validate(Prompt(WithLabels), [Dataset(train), Dataset(test, DatasetSplits.Test)]).TestRowsHash;

        Assert.AreEqual(Hash(one), Hash(two));
        Assert.AreNotEqual(Hash(one), Hash(three));
    }

    [TestMethod]
    public void A_label_column_with_another_name_in_every_row_is_one_error_that_suggests_it()
    {
        string path = _directory.Write("train.jsonl", string.Concat(Enumerable.Range(0, 40).Select(row => $"{{\"ticket\": \"t{row}\", \"categories\": \"Access\", \"urgent\": true}}\n")));
        Diagnostic error = Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual("EDGE1103", error.Code);
        Assert.AreEqual((1, 1), (error.Position.Line, error.Position.Column));
        StringAssert.Contains(error.Message, "'ticket', 'categories', 'urgent'");
        StringAssert.Contains(error.Message, "Did you mean 'category' by 'categories'?");
    }

    [TestMethod]
    public void A_column_that_only_some_rows_lack_is_an_error_at_each_of_them()
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + "{\"ticket\": \"x\", \"category\": \"Access\"}\n{\"ticket\": \"y\", \"category\": \"Access\"}\n");
        DatasetValidation result = Validate(Prompt(WithLabels), [Dataset(path)]);

        CollectionAssert.AreEqual(new[] { 11, 12 }, result.Diagnostics.Select(item => item.Position.Line).ToArray());
    }

    [TestMethod]
    public void A_missing_csv_column_is_reported_at_the_header()
    {
        string path = _directory.Write("train.csv", "ticket,kategory,urgent\na,Access,true\nb,Access,true\n");
        Diagnostic error = Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics.Single();

        StringAssert.StartsWith(error.ToString(), "train.csv(1,1): error EDGE1103: The header has no column 'category'");
        StringAssert.Contains(error.Message, "by 'kategory'");
    }

    [TestMethod]
    public void An_unknown_label_is_an_error_at_its_place_with_the_nearest_label_and_without_the_text()
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + "{\"ticket\": \"x\", \"category\": \"Biling\", \"urgent\": true}\n");
        Diagnostic error = Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1105", 11, 29), (error.Code, error.Position.Line, error.Position.Column));
        StringAssert.Contains(error.Message, "Did you mean 'Billing'?");
        Assert.DoesNotContain("Biling", error.Message);
    }

    [TestMethod]
    [DataRow("{\"ticket\": 5, \"category\": \"Access\", \"urgent\": true}", 12)]
    [DataRow("{\"ticket\": null, \"category\": \"Access\", \"urgent\": true}", 12)]
    [DataRow("{\"ticket\": \"x\", \"category\": [\"Access\"], \"urgent\": true}", 29)]
    [DataRow("{\"ticket\": \"x\", \"category\": \"Access\", \"urgent\": \"true\"}", 49)]
    [DataRow("{\"ticket\": \"  \", \"category\": \"Access\", \"urgent\": true}", 12)]
    public void A_value_of_the_wrong_type_or_an_empty_input_is_an_error_at_its_place(string row, int column)
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + row + "\n");
        Diagnostic error = Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1104", 11, column), (error.Code, error.Position.Line, error.Position.Column));
    }

    [TestMethod]
    [DataRow("integer", "5", "5")]
    [DataRow("integer", "-05", "-5")]
    [DataRow("integer", "5.5", null)]
    [DataRow("float", "5", "5")]
    [DataRow("float", "1.50e1", "15")]
    [DataRow("float", "0.1", "0.1")]
    [DataRow("float", "1,5", null)]
    [DataRow("float", "NaN", null)]
    [DataRow("boolean", "True", "true")]
    [DataRow("boolean", "yes", null)]
    public void Csv_text_is_read_as_the_kind_of_its_input(string kind, string text, string? canonical)
    {
        string path = _directory.Write("train.csv", $"value,category\n\"{text}\",Access\n");
        DatasetValidation result = Validate(Prompt(WithLabels, "value", kind, urgent: false), [Dataset(path)]);

        Assert.AreEqual(canonical, _rows.SingleOrDefault()?.Inputs["value"]);
        Assert.AreEqual(canonical is null, result.Diagnostics.Any(item => item.Code == "EDGE1104"));
    }

    [TestMethod]
    public void Rows_that_contradict_each_other_are_warned_about_with_the_place_of_the_other()
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + Row("same", "Access") + Row("same", "Billing"));
        Diagnostic warning = Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1107", 12, false), (warning.Code, warning.Position.Line, warning.IsError));
        StringAssert.Contains(warning.Message, "train.jsonl(11)");
    }

    [TestMethod]
    public void A_row_that_stands_twice_is_warned_about_and_so_is_a_later_contradiction()
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + Row("same", "Access") + Row("same", "Access") + Row("same", "Billing"));
        IReadOnlyList<Diagnostic> warnings = Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics;

        CollectionAssert.AreEqual(new[] { ("EDGE1112", 12), ("EDGE1107", 13) }, warnings.Select(item => (item.Code, item.Position.Line)).ToArray());
        StringAssert.Contains(warnings[0].Message, "train.jsonl(11)");
    }

    [TestMethod]
    [DataRow("Let me in", "let  me in!", true)]
    [DataRow("I can't log in", "i cant log-in", true)]
    [DataRow("Let me in", "Let me out", false)]
    [DataRow("???", "!!!", false)]
    public void A_test_row_that_differs_from_a_training_row_in_case_spaces_or_signs_only_is_warned_about(string trained, string tested, bool leaks)
    {
        string train = _directory.Write("train.jsonl", TrainText(10) + Row(trained, "Access"));
        string test = _directory.Write("test.jsonl", Row(tested, "Access"));
        IReadOnlyList<Diagnostic> warnings = Validate(Prompt(WithLabels), [Dataset(test, DatasetSplits.Test), Dataset(train)]).Diagnostics;

        CollectionAssert.AreEqual(leaks ? new[] { "EDGE1113" } : [], warnings.Select(item => item.Code).ToArray());
        Assert.IsTrue(warnings.All(item => item.Message.Contains("train.jsonl(11)", StringComparison.Ordinal) && !item.Message.Contains("in!", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Rows_of_one_split_may_resemble_each_other()
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + Row("Let me in", "Access") + Row("let me in!", "Access"));

        Assert.IsEmpty(Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics);
    }

    [TestMethod]
    public void A_validation_row_that_is_also_a_training_row_is_warned_about()
    {
        string train = _directory.Write("train.jsonl", TrainText(10) + Row("same", "Access"));
        string validation = _directory.Write("validation.jsonl", Row("same", "Access"));
        Diagnostic warning = Validate(Prompt(WithLabels), [Dataset(train), Dataset(validation, DatasetSplits.Validation)]).Diagnostics.Single();

        StringAssert.StartsWith(warning.ToString(), "validation.jsonl(1,1): warning EDGE1113: This validation row is also a training row");
    }

    [TestMethod]
    public void Many_warnings_of_one_kind_do_not_hide_another()
    {
        string train = _directory.Write("train.jsonl", TrainText(10) + string.Concat(Enumerable.Repeat(Row("same", "Access"), 100)) + Row("text 0", "Access"));
        IReadOnlyList<Diagnostic> warnings = Validate(Prompt(WithLabels), [Dataset(train)]).Diagnostics;

        Assert.AreEqual(20, warnings.Count(item => item.Code == "EDGE1112" && item.Position.Line > 0));
        StringAssert.Contains(warnings.Single(item => item.Position.Line == 0).ToString(), "EDGE1112: and 79 more warnings of this kind");
        Assert.AreEqual(111, warnings.Single(item => item.Code == "EDGE1107").Position.Line);
    }

    [TestMethod]
    public void A_label_with_few_rows_beside_the_others_is_a_warning_at_the_output()
    {
        string path = _directory.Write("train.jsonl", TrainText(200) + Row("x", "Rare") + Row("y", "Rare"));
        Diagnostic warning = Validate(Prompt(), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1114", "triage.prompty", 7, false), (warning.Code, warning.Path, warning.Position.Line, warning.IsError));
        StringAssert.StartsWith(warning.Message, "Only 2 of 202 training rows have the label 'Rare' of 'category'");
    }

    [TestMethod]
    public void A_label_that_only_test_rows_have_is_warned_about_with_their_number()
    {
        string test = _directory.Write("test.jsonl", Row("x", "Bug") + Row("y", "Bug"));
        Diagnostic warning = Validate(Prompt(WithLabels + "      - Bug\n"), [Dataset(test, DatasetSplits.Test), Dataset(Train(10))]).Diagnostics.Single();

        Assert.AreEqual("EDGE1110", warning.Code);
        StringAssert.Contains(warning.Message, "2 validation or test rows ask for it");
    }

    [TestMethod]
    public void A_test_row_that_is_also_a_training_row_is_warned_about()
    {
        string train = _directory.Write("train.jsonl", TrainText(10) + Row("same", "Access"));
        string test = _directory.Write("test.jsonl", Row("other", "Access") + Row("same", "Access"));
        Diagnostic warning = Validate(Prompt(WithLabels), [Dataset(test, DatasetSplits.Test), Dataset(train)]).Diagnostics.Single();

        StringAssert.StartsWith(warning.ToString(), "test.jsonl(2,1): warning EDGE1113: ");
        StringAssert.Contains(warning.Message, "train.jsonl(11)");
    }

    [TestMethod]
    [DataRow("write to jane.doe@contoso.co.uk please", "an e-mail address")]
    [DataRow("my card is 4111 1111 1111 1111", "a payment card number")]
    [DataRow("amex 378282246310005!", "a payment card number")]
    [DataRow("-----BEGIN RSA PRIVATE KEY-----", "a private or access key")]
    [DataRow("key AKIAIOSFODNN7EXAMPLE leaked", "a private or access key")]
    [DataRow("pay to GB82 WEST 1234 5698 7654 32 today", "a bank account number")]
    [DataRow("DE89370400440532013000", "a bank account number")]
    [DataRow("call +49 (0)30 901820 tonight", "a telephone number")]
    [DataRow("call (415) 867-5309.", "a telephone number")]
    [DataRow("call 415-867-5309, please", "a telephone number")]
    public void Secrets_and_personal_data_are_warned_about_without_their_text(string text, string what)
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + Row(text, "Access"));
        Diagnostic warning = Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1108", 11, 12, false), (warning.Code, warning.Position.Line, warning.Position.Column, warning.IsError));
        StringAssert.Contains(warning.Message, what);
        Assert.DoesNotContain(text, warning.Message);
    }

    [TestMethod]
    [DataRow("mail to someone@example.com")]
    [DataRow("order 4111 1111 1111 1112")]
    [DataRow("order 1234567890123452")]
    [DataRow("call me @ noon")]
    [DataRow("the sk-button and the BEGIN of a KEY")]
    [DataRow("GB82 WEST 1234 5698 7654 33 is mistyped")]
    [DataRow("my number is +1 212 555 0142")]
    [DataRow("it takes +2 to 3 days, and ticket 415-867-53090")]
    [DataRow("the version is 3.141.5926, not 415867530")]
    public void Made_up_addresses_and_ordinary_numbers_are_not_warned_about(string text)
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + Row(text, "Access"));

        Assert.IsEmpty(Validate(Prompt(WithLabels), [Dataset(path)]).Diagnostics);
    }

    [TestMethod]
    public void Labels_come_from_the_training_rows_in_ordinal_order_after_those_of_the_lock_file()
    {
        string path = _directory.Write("train.jsonl", Row("0", "b") + Row("1", "Z") + Row("2", "a") + TrainText(10).Replace("Billing", "z", StringComparison.Ordinal).Replace("Access", "a", StringComparison.Ordinal));
        var locked = new Dictionary<string, IReadOnlyList<string>> { ["category"] = ["z", "b"] };

        CollectionAssert.AreEqual(new[] { "Z", "a", "b", "z" }, Validate(Prompt(), [Dataset(path)]).Labels["category"].ToArray());
        CollectionAssert.AreEqual(new[] { "z", "b", "Z", "a" }, Validate(Prompt(), [Dataset(path)], locked).Labels["category"].ToArray());
    }

    [TestMethod]
    public void A_test_label_that_no_training_row_has_is_an_error()
    {
        string test = _directory.Write("test.jsonl", Row("x", "Acess"));
        Diagnostic error = Validate(Prompt(), [Dataset(test, DatasetSplits.Test), Dataset(Train(10))]).Diagnostics.Single();

        StringAssert.StartsWith(error.ToString(), "test.jsonl(1,29): error EDGE1105: ");
        StringAssert.Contains(error.Message, "Did you mean 'Access'?");
    }

    [TestMethod]
    public void A_label_without_training_rows_is_a_warning_at_the_output()
    {
        Diagnostic warning = Validate(Prompt(WithLabels + "      - Bug\n"), [Dataset(Train(10))]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1110", "triage.prompty", 7, false), (warning.Code, warning.Path, warning.Position.Line, warning.IsError));
    }

    [TestMethod]
    public void Values_that_are_no_labels_are_an_error_at_the_output()
    {
        string path = _directory.Write("train.jsonl", string.Concat(Enumerable.Range(0, 300).Select(row => Row($"t{row}", $"answer {row}"))));
        Diagnostic error = Validate(Prompt(), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1105", "triage.prompty"), (error.Code, error.Path));
    }

    [TestMethod]
    public void Labels_of_the_rows_that_become_one_name_are_a_warning()
    {
        string path = _directory.Write("train.jsonl", TrainText(10) + Row("x", "access"));
        Diagnostic warning = Validate(Prompt(), [Dataset(path)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1020", false), (warning.Code, warning.IsError));
    }

    [TestMethod]
    public void Too_few_training_rows_are_an_error()
    {
        Diagnostic error = Validate(Prompt(WithLabels), [Dataset(Train(9))]).Diagnostics.Single();

        Assert.AreEqual("EDGE1106", error.Code);
        StringAssert.Contains(error.Message, "has 9 training rows");
    }

    [TestMethod]
    public void A_dataset_without_rows_is_an_error()
    {
        string empty = _directory.Write("test.csv", "ticket,category,urgent\n");
        Diagnostic error = Validate(Prompt(WithLabels), [Dataset(Train(10)), Dataset(empty, DatasetSplits.Test)]).Diagnostics.Single();

        Assert.AreEqual(("EDGE1106", "test.csv"), (error.Code, error.Path));
    }

    [TestMethod]
    public void A_file_full_of_errors_names_the_first_fifty_and_counts_the_rest()
    {
        string path = _directory.Write("train.jsonl", string.Concat(Enumerable.Range(0, 80).Select(row => Row($"t{row}", "Nothing"))));
        DatasetValidation result = Validate(Prompt(WithLabels), [Dataset(path)]);

        Assert.HasCount(51, result.Diagnostics);
        Assert.AreEqual(50, result.Diagnostics[49].Position.Line);
        Assert.AreEqual("train.jsonl: error EDGE1105: and 30 more errors in this file.", result.Diagnostics[50].ToString());
    }

    [TestMethod]
    public void Loading_gives_the_rows_or_throws_the_first_error()
    {
        string broken = _directory.Write("broken.jsonl", TrainText(10) + "{\n");

        IReadOnlyList<DatasetRow> rows = DatasetValidator.Load(Prompt(WithLabels), [Dataset(Train(10))], None);
        var error = Assert.ThrowsExactly<EdgeBuildException>(() => DatasetValidator.Load(Prompt(WithLabels), [Dataset(broken)], None));

        Assert.HasCount(10, rows);
        Assert.AreEqual(("EDGE1101", 11), (error.Code, error.Position.Line));
    }

    private static Dictionary<string, IReadOnlyList<string>> None => [];

    private static PromptDocument Prompt(string labels = "", string input = "ticket", string kind = "string", bool urgent = true)
    {
        string text = $$$"""
            ---
            name: triage
            inputs:
              - name: {{{input}}}
                kind: {{{kind}}}
            outputs:
              - name: category
                kind: string
            {{{labels}}}{{{(urgent ? "  - name: urgent\n    kind: boolean\n" : string.Empty)}}}---
            user:
            {{{{{input}}}}}

            """;
        PromptParseResult result = PromptDocument.Parse("triage.prompty", text);
        Assert.IsEmpty(result.Diagnostics, string.Join("\n", result.Diagnostics));
        return result.Document!;
    }

    private static string Row(string ticket, string category) => $"{{\"ticket\": \"{ticket}\", \"category\": \"{category}\", \"urgent\": true}}\n";

    private static string TrainText(int rows) => string.Concat(Enumerable.Range(0, rows).Select(row => Row($"text {row}", row % 2 == 0 ? "Billing" : "Access")));

    private static PlannedDataset Dataset(string path, string split = DatasetSplits.Train) => new(path, Path.GetFileName(path), split, 1);

    private string Train(int rows) => _directory.Write($"train{rows}.jsonl", TrainText(rows));

    private DatasetValidation Validate(PromptDocument prompt, IReadOnlyList<PlannedDataset> datasets, Dictionary<string, IReadOnlyList<string>>? locked = null)
    {
        _rows.Clear();
        return DatasetValidator.Validate(prompt, datasets, locked ?? None, _rows.Add);
    }
}
