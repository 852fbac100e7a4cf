using System.Reflection;
using EdgeBuild.Prompts;
using EdgeBuild.Runtime;

namespace EdgeBuild.Generators.Tests;

[TestClass]
public sealed class ClientGenerationTests
{
    private const string Usage = """
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using EdgeBuild.Runtime;
        using TicketTriage;

        internal static class Use
        {
            public static async Task<string> Run(CancellationToken cancellationToken)
            {
                using var triage = new Triage(new EdgeClientOptions { ModelPath = "x.gguf" });
                ITriage client = triage;
                TriageResult result = await client.RunAsync("charged twice");
                Prediction<TriageResult> prediction = await triage.PredictAsync("charged twice", new TriageOptions { Adapter = "acme" }, cancellationToken);
                await foreach (Prediction<TriageResult> each in client.PredictManyAsync(new[] { "a", "b" }, cancellationToken: cancellationToken))
                {
                    result = each.Value;
                }
                IReadOnlyDictionary<TriageCategory, double> probabilities = prediction.CategoryProbabilities();
                double urgent = prediction.UrgentProbability();
                (TriageCategory category, bool isUrgent) = prediction.Value;
                return result.Category switch
                {
                    TriageCategory.HowTo => category.ToLabel() + Triage.Definition.Name + isUrgent + urgent,
                    _ => TriageCategoryLabels.FromLabel("Billing").ToString() + probabilities.Count,
                };
            }
        }
        """;

    [TestMethod]
    public void Client_of_the_sample_compiles_without_warnings_and_is_used_as_the_design_says()
    {
        GeneratedProject project = GeneratedProject.Run(Usage, ProjectFile.Prompt("/app/prompts/triage.prompty", PromptText.Triage), ProjectFile.Lock(PromptText.TriageLock));
        Assert.AreSequenceEqual(["TicketTriage.Triage.g.cs"], project.FileNames);
        project.Load();
    }

    [TestMethod]
    public void Client_of_the_sample_is_the_reviewed_one()
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/prompts/triage.prompty", PromptText.Triage), ProjectFile.Lock(PromptText.TriageLock));
        Snapshot.Assert("TicketTriage.Triage.g.cs", project["TicketTriage.Triage.g.cs"]);
    }

    [TestMethod]
    public void Client_of_free_text_is_the_reviewed_one()
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/prompts/reply.prompty", PromptText.FreeText, model: "Writer"));
        project.Load();
        Snapshot.Assert("TicketTriage.ShortReply.g.cs", project["TicketTriage.ShortReply.g.cs"]);
    }

    [TestMethod]
    public void Definition_is_what_the_worker_compiles()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage)).Load();
        PromptDefinition definition = Definition(app, "TicketTriage.Triage");
        PromptDocument document = PromptDocument.Parse("triage.prompty", PromptText.Triage).Document!;
        Assert.AreEqual(("Support", "triage", PromptText.Triage), (definition.Model, definition.Name, definition.Source));
        Assert.AreEqual(CompiledPrompt.Compile(document, LabelSet.From(document, definition.Labels), ChatFormat.ChatML).Hash, definition.Hash);
        Assert.AreSequenceEqual(document.Outputs[0].EnumValues, definition.Labels["category"]);
        Assert.AreSequenceEqual(["true", "false"], definition.Labels["urgent"]);
    }

    [TestMethod]
    public void Enum_follows_the_order_of_the_labels_and_converts_both_ways()
    {
        Assembly app = GeneratedProject.Run(
            ProjectFile.Prompt("/app/sort.prompty", PromptText.Open),
            ProjectFile.Lock(PromptText.LockWithLabels("zeta", "How to?", "404", "Alpha"))).Load();
        Type type = app.GetType("TicketTriage.SortTopic", throwOnError: true)!;
        Assert.AreSequenceEqual(["Zeta", "HowTo", "_404", "Alpha"], Enum.GetNames(type));
        Assert.AreSequenceEqual([0, 1, 2, 3], Enum.GetValuesAsUnderlyingType(type).Cast<int>());
        Type labels = app.GetType("TicketTriage.SortTopicLabels", throwOnError: true)!;
        foreach ((string label, string name) in new[] { ("zeta", "Zeta"), ("How to?", "HowTo"), ("404", "_404"), ("Alpha", "Alpha") })
        {
            object value = Enum.Parse(type, name);
            Assert.AreEqual(label, labels.GetMethod("ToLabel")!.Invoke(null, [value]));
            Assert.AreEqual(value, labels.GetMethod("FromLabel")!.Invoke(null, [label]));
        }

        Assert.IsInstanceOfType<ArgumentException>(Assert.ThrowsExactly<TargetInvocationException>(() => labels.GetMethod("FromLabel")!.Invoke(null, ["other"])).InnerException);
        Assert.IsInstanceOfType<ArgumentOutOfRangeException>(Assert.ThrowsExactly<TargetInvocationException>(() => labels.GetMethod("ToLabel")!.Invoke(null, [Enum.ToObject(type, 9)])).InnerException);
    }

    [TestMethod]
    public void Appended_labels_keep_the_values_of_the_others()
    {
        Assembly before = GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", PromptText.Open), ProjectFile.Lock(PromptText.LockWithLabels("m", "z"))).Load();
        Assembly after = GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", PromptText.Open), ProjectFile.Lock(PromptText.LockWithLabels("m", "z", "a"))).Load();
        foreach (string name in Enum.GetNames(before.GetType("TicketTriage.SortTopic")!))
        {
            Assert.AreEqual((int)Enum.Parse(before.GetType("TicketTriage.SortTopic")!, name), (int)Enum.Parse(after.GetType("TicketTriage.SortTopic")!, name));
        }
    }

    [TestMethod]
    public void Answers_become_typed_results_and_probabilities()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage)).Load();
        object prediction = Invoke(app, "ToPrediction", Prediction(
            ("category", "HowTo", [("HowTo", 0.75), ("Bug", 0.25)]),
            ("urgent", "true", [("true", 0.9), ("false", 0.1)])));
        Assert.AreEqual("TriageResult { Category = HowTo, Urgent = True }", prediction.GetType().GetProperty("Value")!.GetValue(prediction)!.ToString());
        Type predictions = app.GetType("TicketTriage.TriagePredictions", throwOnError: true)!;
        var probabilities = (System.Collections.IDictionary)predictions.GetMethod("CategoryProbabilities")!.Invoke(null, [prediction])!;
        Assert.HasCount(2, probabilities);
        Assert.AreEqual(0.75, probabilities[Enum.Parse(app.GetType("TicketTriage.TriageCategory")!, "HowTo")]);
        Assert.AreEqual(0.9, predictions.GetMethod("UrgentProbability")!.Invoke(null, [prediction]));
    }

    [TestMethod]
    public void Inputs_become_the_text_that_rows_have()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/reply.prompty", PromptText.FreeText)).Load();
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = new System.Globalization.CultureInfo("de-DE");
        try
        {
            var inputs = (string[])Invoke(app, "ToInputs", "hello", -1234L, 0.1, true, type: "TicketTriage.ShortReply");
            Assert.AreSequenceEqual(["hello", AnswerText.Format(-1234L), AnswerText.Format(0.1), AnswerText.Format(true)], inputs);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }

        TargetInvocationException exception = Assert.ThrowsExactly<TargetInvocationException>(() => Invoke(app, "ToInputs", null, 1L, 1.0, true, type: "TicketTriage.ShortReply"));
        Assert.IsInstanceOfType<ArgumentNullException>(exception.InnerException);
    }

    [TestMethod]
    public void Namespace_and_name_come_from_the_item()
    {
        GeneratedProject project = GeneratedProject.Run(
            ProjectFile.Prompt("/app/a.prompty", PromptText.Triage, space: "My.class.Space", client: "TicketSorter"),
            ProjectFile.Prompt("/app/b.prompty", PromptText.Triage));
        Assert.AreSequenceEqual(["My.class.Space.TicketSorter.g.cs", "TicketTriage.Triage.g.cs"], project.FileNames);
        Assembly app = project.Load();
        Assert.IsNotNull(app.GetType("My.class.Space.TicketSorterCategory"));
    }

    [TestMethod]
    public void Without_a_root_namespace_types_are_global()
    {
        GeneratedProject project = GeneratedProject.Run(string.Empty, new ProjectOptions(), ProjectFile.Prompt("/app/a.prompty", PromptText.Triage));
        Assert.IsNotNull(project.Load().GetType("TriageResult"));
    }

    [TestMethod]
    public void Disabled_projects_and_other_files_generate_nothing()
    {
        Assert.IsEmpty(GeneratedProject.Run(string.Empty, new ProjectOptions(("EdgeBuildEnabled", "false")), ProjectFile.Prompt("/app/a.prompty", PromptText.Triage)).FileNames);
        Assert.IsEmpty(GeneratedProject.Run(new ProjectFile("/app/a.prompty", PromptText.Triage), new ProjectFile("/app/stylecop.json", "{}")).FileNames);
    }

    [TestMethod]
    public void Names_that_C_sharp_has_itself_are_avoided()
    {
        const string Text = """
            ---
            name: odd
            inputs:
              - name: class
                kind: string
              - name: cancellationToken
                kind: string
              - name: prediction
                kind: string
            outputs:
              - name: result
                kind: string
                enumValues: [object, string]
              - name: result_labels
                kind: string
                enumValues: [a, b]
              - name: toString
                kind: boolean
              - name: oddResult
                kind: boolean
              - name: equalityContract
                kind: boolean
            ---
            user:
            {{class}} {{cancellationToken}} {{prediction}}
            """;
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/odd.prompty", Text)).Load();
        Type result = app.GetType("TicketTriage.OddResult", throwOnError: true)!;
        Assert.AreSequenceEqual(
            ["Result", "ResultLabels", "ToStringValue", "OddResultValue", "EqualityContractValue"],
            result.GetProperties().Select(property => property.Name));
    }

    [TestMethod]
    public void Hostile_text_stays_text()
    {
        const string Text = "---\nname: sort\ndisplayName: x\n"
            + "description: \"</summary> & <b> \\\" */ \\u2028#error oops\\u0085#error oops\\n#error oops \\0 ]]>\"\n"
            + "inputs:\n  - name: text\n    kind: string\n    example: \"\\u2028#error \\\\ \\\"\"\n    description: <script>\n"
            + "outputs:\n  - name: topic\n    kind: string\n    description: \"{0} {x} $\\\"\"\n    enumValues: ['a\"b', 'c\\d', '</c>', '{e}', \"f\\u2028g\", '😀 h']\n"
            + "---\nsystem:\n\"\"\" \"\"\"\"\" { } #error \t \\ </code>\n\nuser:\n{{text}}\n";
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/a\n#error \"b.prompty", Text)).Load();
        PromptDefinition definition = Definition(app, "TicketTriage.Sort");
        Assert.AreEqual(Text, definition.Source);
        Assert.AreSequenceEqual(["a\"b", "c\\d", "</c>", "{e}", "f\u2028g", "😀 h"], definition.Labels["topic"]);
    }

    [TestMethod]
    [DataRow("\u2028")]
    [DataRow("\u0085")]
    [DataRow("\t")]
    [DataRow("\0")]
    [DataRow("\"\"\"\"")]
    [DataRow("   \n  ")]
    [DataRow("😀")]
    public void Source_of_the_prompt_reaches_the_app_unchanged(string odd)
    {
        string text = PromptText.Open.Replace("{{text}}", $"a\n{odd}\nb {{{{text}}}}\n\n", StringComparison.Ordinal).Replace("kind: string\n---", "kind: boolean\n---", StringComparison.Ordinal);
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/sort.prompty", text)).Load();
        Assert.AreEqual(text, Definition(app, "TicketTriage.Sort").Source);
    }

    private static PromptDefinition Definition(Assembly app, string client) =>
        (PromptDefinition)app.GetType(client, throwOnError: true)!.GetProperty("Definition")!.GetValue(null)!;

    private static object Invoke(Assembly app, string method, object? argument, object? second = null, object? third = null, object? fourth = null, string type = "TicketTriage.Triage")
    {
        MethodInfo info = app.GetType(type, throwOnError: true)!.GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!;
        return info.Invoke(null, [.. new[] { argument, second, third, fourth }.Take(info.GetParameters().Length)])!;
    }

    private static EdgePrediction Prediction(params (string Name, string Text, (string Label, double Probability)[] Probabilities)[] fields) => new(
        [.. fields.Select(field => new FieldPrediction(
            field.Name,
            field.Text,
            [.. field.Probabilities.Select(label => new LabelProbability(label.Label, label.Probability))],
            field.Probabilities[0].Probability))],
        inputTruncated: false,
        TimeSpan.Zero,
        promptTokens: 1,
        cachedTokens: 0);
}
