using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class GateAndReportTests
{
    [TestMethod]
    public void A_missed_gate_names_figures_and_rows_but_no_row_text()
    {
        IReadOnlyList<Diagnostic> errors = new GateCheck(Plan(new PlannedGates(0.9, 0.01) { MinF1 = 0.95 })).Check([Evaluation(9, 3)]);
        Assert.HasCount(3, errors);
        Assert.IsTrue(errors.All(error => error.Code == ErrorCodes.GateFailed && error.Path == "prompts/triage.prompty"));
        Assert.Contains("75.0 %", errors[0].Message);
        Assert.Contains("test.jsonl(10), test.jsonl(11), test.jsonl(12)", errors[0].Message);
        Assert.Contains("MinF1", errors[1].Message);
        Assert.Contains("80.0 %", errors[2].Message);
        Assert.DoesNotContain("secret", string.Concat(errors.Select(error => error.Message)));
    }

    [TestMethod]
    public void At_most_five_rows_are_named()
    {
        Diagnostic error = new GateCheck(Plan(new PlannedGates(0.9, null))).Check([Evaluation(10, 20)])[0];
        Assert.HasCount(5, error.Message.Split("test.jsonl(").Skip(1).ToArray());
    }

    [TestMethod]
    public void Reached_gates_give_no_error() =>
        Assert.IsEmpty(new GateCheck(Plan(new PlannedGates(0.7, 0.1) { MinF1 = 0.5, MaxQuantizationLoss = 0 }), null, [Evaluation(9, 3)]).Check([Evaluation(9, 3)]));

    [TestMethod]
    public void A_loss_by_quantizing_is_measured_on_the_rows_that_both_answered()
    {
        // The unquantized model answered the first 10 rows only, of which the quantized one has lost 2.
        OutputEvaluation quantized = Evaluation(8, 12);
        OutputEvaluation exact = Evaluation(10, 0);
        Assert.AreEqual(0.2, QuantizationLoss.Of(exact, quantized), 1e-12);
        Diagnostic error = new GateCheck(Plan(new PlannedGates(null, 1) { MaxQuantizationLoss = 0.1 }), null, [exact]).Check([quantized]).Single();
        Assert.Contains("quantizing costs 20.0 % of 10 test rows", error.Message);
    }

    [TestMethod]
    public void Without_a_gate_of_its_own_a_model_must_not_be_significantly_worse_than_the_last()
    {
        TrainingPlan plan = Plan(new PlannedGates(null, null)) with { LastAccuracy = new Dictionary<string, double>() };
        Assert.IsEmpty(new GateCheck(plan, Record(Evaluation(200, 0))).Check([Evaluation(197, 3)]));

        Diagnostic error = new GateCheck(plan, Record(Evaluation(200, 0))).Check([Evaluation(180, 20)]).Single();

        Assert.Contains("20 are no longer right and 0 are new right ones", error.Message);
        Assert.Contains("MaxRegression", error.Message);
        Assert.IsEmpty(new GateCheck(plan with { Gates = new PlannedGates(null, 0.5) }, Record(Evaluation(200, 0))).Check([Evaluation(180, 20)]));
    }

    [TestMethod]
    public void Without_the_answers_of_the_last_version_its_figure_is_compared()
    {
        TrainingPlan plan = Plan(new PlannedGates(null, null));
        Assert.IsEmpty(new GateCheck(plan).Check([Evaluation(9, 3)]));
        Assert.Contains("80.0 %", new GateCheck(plan).Check([Evaluation(90, 60)]).Single().Message);
    }

    [TestMethod]
    public void Free_text_has_gates_of_its_own_and_a_gate_for_exact_answers_leaves_it_alone()
    {
        OutputEvaluation texts = Texts(("the pump stopped at noon", "the pump stopped at nine"), ("all is well", "all is well"), ("nothing", "the valve leaks"));
        Assert.IsEmpty(new GateCheck(Plan(new PlannedGates(0.9, null) { MinRougeL = 0.55 })).Check([texts]));
        Assert.IsEmpty(new GateCheck(Plan(new PlannedGates(0.9, null) { MinChrf = 0.3 })).Check([texts]));
        Assert.Contains("accuracy 33.3 %", new GateCheck(Plan(new PlannedGates(0.9, null))).Check([texts]).Single().Message);

        Diagnostic error = new GateCheck(Plan(new PlannedGates(0.9, null) { MinRougeL = 0.65 })).Check([texts]).Single();

        // (4/5 + 1 + 0) / 3
        Assert.Contains("ROUGE-L 60.0 % on 3 test rows (", error.Message);
        Assert.Contains("is below MinRougeL 65.0 %", error.Message);
        Assert.Contains("Look at test.jsonl(3), test.jsonl(1).", error.Message);
        Assert.Contains("is below MinChrf 99.0 %", new GateCheck(Plan(new PlannedGates(null, null) { MinChrf = 0.99 })).Check([texts]).Single().Message);
    }

    [TestMethod]
    public void Records_are_held_against_the_share_of_their_exact_fields()
    {
        OutputEvaluation records = Answers(OutputKind.Record, ("""{"a":1,"b":2}""", """{"a":1,"b":3}"""), ("""{"a":1,"b":2}""", """{"a":1,"b":2}"""));
        Assert.IsEmpty(new GateCheck(Plan(new PlannedGates(0.9, null) { MinFieldAccuracy = 0.75 })).Check([records]));
        Assert.Contains("exact fields 75.0 % on 2 test rows is below MinFieldAccuracy 80.0 %", new GateCheck(Plan(new PlannedGates(0.9, null) { MinFieldAccuracy = 0.8 })).Check([records]).Single().Message);

        // A call is right when all of it is: no share of it is judged.
        OutputEvaluation calls = Answers(OutputKind.Call, ("""{"name":"a"}""", """{"name":"b"}"""));
        Assert.Contains("MinAccuracy", new GateCheck(Plan(new PlannedGates(0.9, null) { MinFieldAccuracy = 0.8 })).Check([calls]).Single().Message);
    }

    [TestMethod]
    public void Free_text_that_overlaps_significantly_less_than_that_of_the_last_version_does_not_ship()
    {
        TrainingPlan plan = Plan(new PlannedGates(null, null));
        OutputEvaluation good = Texts([.. Enumerable.Range(0, 60).Select(row => ($"the pump {row} stopped at noon today", $"the pump {row} stopped at nine today"))]);
        OutputEvaluation worse = Texts([.. Enumerable.Range(0, 60).Select(row => (row % 3 == 0 ? "no" : $"the pump {row} stopped at noon today", $"the pump {row} stopped at nine today"))]);
        Assert.IsEmpty(new GateCheck(plan, Record(good)).Check([good]));
        Assert.IsEmpty(new GateCheck(plan, Record(worse)).Check([good]));

        Diagnostic error = new GateCheck(plan, Record(good)).Check([worse]).Single();

        Assert.Contains("chrF changed by -", error.Message);
        Assert.IsEmpty(new GateCheck(plan with { Gates = new PlannedGates(null, 1) }, Record(good)).Check([worse]));
    }

    private static OutputEvaluation Texts(params (string Predicted, string Expected)[] rows) => Answers(OutputKind.Text, rows);

    private static OutputEvaluation Answers(OutputKind kind, params (string Predicted, string Expected)[] rows) => new()
    {
        Prompt = "triage",
        Output = "answer",
        Kind = kind,
        Outcomes = [.. rows.Select((row, index) => new RowOutcome("test.jsonl", index + 1, $"hash {index}", row.Expected, row.Predicted, 0.9, row.Predicted == row.Expected))],
    };

    /// <summary>A model that answers the first rows right and the following ones wrong.</summary>
    private static OutputEvaluation Evaluation(int right, int wrong) => new()
    {
        Prompt = "triage",
        Output = "category",
        Kind = OutputKind.Label,
        Labels = ["A", "B"],
        Outcomes =
        [
            .. Enumerable.Range(1, right + wrong).Select(row =>
                new RowOutcome("test.jsonl", row, $"hash {row}", row % 2 == 0 ? "A" : "B", (row % 2 == 0) == (row <= right) ? "A" : "B", 0.9, row <= right)),
        ],
    };

    private static EvaluationRecord Record(OutputEvaluation shipped) => new()
    {
        Model = "Support",
        ModelKey = "before",
        Time = DateTimeOffset.UnixEpoch,
        File = new EdgeBuild.Worker.Pipeline.QuantizedFile("Q8_0", [], 0, 0, string.Empty),
        Size = 1,
        Shipped = [shipped],
        Others = [],
    };

    private static TrainingPlan Plan(PlannedGates gates) => new()
    {
        Model = "Support",
        AdapterKey = "a",
        ModelKey = "m",
        ParentAdapterKey = string.Empty,
        Quantization = "Base",
        CacheDirectory = "cache",
        Base = new PlannedBase("smollm2", "x.gguf", "0", "Apache-2.0", "embedded"),
        Recipe = new PlannedRecipe(),
        Gates = gates,
        Prompts =
        [
            new PlannedPrompt
            {
                Name = "triage",
                Path = "p",
                DisplayPath = "prompts/triage.prompty",
                Labels = new Dictionary<string, IReadOnlyList<string>>(),
                Datasets = [],
                TestRowsHash = string.Empty,
            },
        ],
        LastAccuracy = new Dictionary<string, double> { ["triage/category"] = 0.8 },
        MaxTrainingMinutes = 0,
        Threads = 0,
        Offline = false,
    };
}
