using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class GateAndReportTests
{
    [TestMethod]
    public void A_missed_gate_names_figures_and_rows_but_no_row_text()
    {
        IReadOnlyList<Diagnostic> errors = GateCheck.Check(Plan(minAccuracy: 0.9, maxRegression: 0.01), [Evaluation()]);
        Assert.HasCount(2, errors);
        Assert.IsTrue(errors.All(error => error.Code == ErrorCodes.GateFailed && error.Path == "prompts/triage.prompty"));
        StringAssert.Contains(errors[0].Message, "75.0 %");
        StringAssert.Contains(errors[0].Message, "test.jsonl(7)");
        StringAssert.Contains(errors[1].Message, "80.0 %");
    }

    [TestMethod]
    public void Reached_gates_give_no_error() => Assert.IsEmpty(GateCheck.Check(Plan(0.7, 0.1), [Evaluation()]));

    [TestMethod]
    public void The_report_escapes_rows_and_needs_nothing_from_outside()
    {
        string html = HtmlReport.Write(new ReportContent
        {
            Plan = Plan(null, null),
            Shipped = [Evaluation()],
            Base = [Evaluation() with { Correct = 1 }],
            Suspects = [],
            Losses = [new LossPoint(1, 2, null), new LossPoint(2, 1, 1.5)],
            Facts = [new("Adapter", "trained")],
            RowText = (_, line) => $"<script>row {line}</script>",
            HeldBackTestRows = true,
        });
        StringAssert.Contains(html, "&lt;script&gt;row 7&lt;/script&gt;");
        StringAssert.Contains(html, "untuned base: 25.0 %");
        StringAssert.Contains(html, "Split=");
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("http", html);
        Assert.DoesNotContain("NaN", html);
        StringAssert.Contains(html, "<polyline");
    }

    private static OutputEvaluation Evaluation()
    {
        var confusion = new ConfusionMatrix(["A", "B"]);
        confusion.Add("A", "A");
        confusion.Add("A", "A");
        confusion.Add("B", "B");
        confusion.Add("B", "A");
        return new OutputEvaluation
        {
            Prompt = "triage",
            Output = "category",
            Confusion = confusion,
            Rows = 4,
            Correct = 3,
            CalibrationError = 0.1,
            Wrong = [new WrongAnswer("test.jsonl", 7, "B", "A", 0.8)],
        };
    }

    private static TrainingPlan Plan(double? minAccuracy, double? maxRegression) => new()
    {
        Model = "Support",
        AdapterKey = "a",
        ModelKey = "m",
        ParentAdapterKey = string.Empty,
        Quantization = "Base",
        CacheDirectory = "cache",
        Base = new PlannedBase("smollm2", "x.gguf", "0", "Apache-2.0", "embedded"),
        Recipe = new PlannedRecipe(),
        Gates = new PlannedGates(minAccuracy, maxRegression),
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
