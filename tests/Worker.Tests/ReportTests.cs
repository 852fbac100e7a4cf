using System.Text.RegularExpressions;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Prompts;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;
using EdgeBuild.Worker.Reporting;
using Microsoft.Playwright;

namespace EdgeBuild.Worker.Tests;

/// <summary>The report, as text and in a browser.</summary>
[TestClass]
[DoNotParallelize]
public sealed partial class ReportTests
{
    private const int Rows = 3080;
    private const string Hostile = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> {{7*7}} \" '";
    private static readonly string[] _labels = ["Billing", "Bug", "Subscription & <more>"];

    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-report-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void The_report_needs_nothing_from_outside_and_rows_stay_text()
    {
        string html = Write();

        Assert.DoesNotContain(Hostile, html);
        Assert.Contains(System.Net.WebUtility.HtmlEncode(Hostile), html);
        Assert.IsEmpty(OutsideReference().Matches(html));
        Assert.Contains("default-src 'none'", html);
        Assert.DoesNotContain("NaN", Markup(html));
        Assert.IsLessThanOrEqualTo(2_000_000, System.Text.Encoding.UTF8.GetByteCount(html));
    }

    [TestMethod]
    public void The_report_has_all_that_was_measured()
    {
        string html = Markup(Write());

        foreach (string wanted in new[]
        {
            "All gates are reached", "macro F1", "untuned base", "last version", "before quantizing", "McNemar", "precision", "taken for others", "Labels that look wrong",
            "Since the last version", "gained", "Loss by step", "rows by label", "Would more rows help", "SHA-256", "Q4_K_M: Q5_0 43.2 MB in 120 tensors", "per million tokens", "ROUGE-L", "items[].price",
            "fields exact", "before the temperature of 1.50: ", "62.5 %", "never", "answers acted on", "75.0 %", "paired bootstrap",
        })
        {
            Assert.Contains(wanted, html);
        }
    }

    [TestMethod]
    public void A_gate_that_is_not_reached_comes_first()
    {
        string html = Markup(Write(minAccuracy: 0.99));
        Assert.Contains("this model does not ship", html);
        Assert.Contains("is below MinAccuracy 99.0 %", html);
    }

    [TestMethod]
    [DataRow("light", 1280)]
    [DataRow("dark", 1280)]
    [DataRow("light", 375)]
    public async Task A_browser_draws_the_report_without_an_error(string scheme, int width)
    {
        string path = Path.Combine(_folder, "report.html");
        await File.WriteAllTextAsync(path, Write(), TestContext.CancellationToken);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await Browser.LaunchAsync(playwright);
        IPage page = await browser.NewPageAsync(new BrowserNewPageOptions
        {
            ColorScheme = scheme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ViewportSize = new ViewportSize { Width = width, Height = 900 },
        });
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                errors.Add(message.Text);
            }
        };
        page.PageError += (_, error) => errors.Add(error);

        await page.GotoAsync(new Uri(path).AbsoluteUri);

        Assert.IsEmpty(errors, string.Join('\n', errors));
        TestContext.WriteLine($"drawn after {await page.EvaluateAsync<double>("() => performance.getEntriesByType('navigation')[0].loadEventEnd"):0} ms");
        Assert.AreEqual("Support – EdgeBuild report", await page.TitleAsync());
        int charts = await page.Locator("[data-chart]").CountAsync();
        Assert.IsGreaterThanOrEqualTo(5, charts);
        Assert.AreEqual(charts, await page.Locator("[data-chart]:has(svg)[aria-label]").CountAsync());
        Assert.AreEqual(0, await page.EvaluateAsync<int>("() => [...document.querySelectorAll('table')].filter(t => !t.caption?.textContent).length"));
        Assert.AreEqual(0, await page.EvaluateAsync<int>("() => [...document.querySelectorAll('input')].filter(i => i.labels.length === 0).length"));
        Assert.AreEqual(0, await page.EvaluateAsync<int>("() => [...document.querySelectorAll('[id]')].filter((e, _, all) => all.filter(o => o.id === e.id).length > 1 && !e.closest('svg')).length"));
        Assert.IsTrue(await page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than the screen");
        string ink = await page.EvaluateAsync<string>("() => getComputedStyle(document.body).color");
        Assert.AreEqual(scheme == "dark" ? "rgb(255, 255, 255)" : "rgb(0, 0, 0)", ink);

        // By keys alone: the first stop skips to the content, links lead to their sections, tables that scroll can be reached.
        await page.Keyboard.PressAsync("Tab");
        Assert.AreEqual("#content", await page.EvaluateAsync<string>("() => document.activeElement.getAttribute('href')"));
        Assert.IsTrue(await page.EvaluateAsync<bool>("() => document.activeElement.getBoundingClientRect().left >= 0"));
        await page.GetByRole(AriaRole.Link, new PageGetByRoleOptions { Name = "Wrong answers" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        Assert.AreEqual("#errors", await page.EvaluateAsync<string>("() => location.hash"));
        Assert.AreEqual(0, await page.EvaluateAsync<int>("() => [...document.querySelectorAll('.scroll')].filter(e => e.tabIndex !== 0 || !e.getAttribute('aria-label')).length"));

        ILocator filter = page.Locator("input[type=search]").First;
        await filter.FillAsync("row 100 and");
        Assert.AreEqual(1, await page.Locator("#wrong-0 tbody tr:visible").CountAsync());
        await filter.FillAsync(string.Empty);

        if (Environment.GetEnvironmentVariable("EDGEBUILD_TEST_PICTURES") is { Length: > 0 } pictures)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(pictures, $"report-{scheme}-{width}.png"), FullPage = true });
        }
    }

    /// <summary>The document without its scripts, in which libraries may say anything.</summary>
    private static string Markup(string html) => html[..html.IndexOf("<script>", StringComparison.Ordinal)];

    private string Write(double? minAccuracy = null)
    {
        string source = $"---\nname: triage\ninputs:\n  - name: ticket\n    kind: string\noutputs:\n  - name: category\n    kind: string\n    enumValues: [{string.Join(", ", _labels.Select(label => $"\"{label}\""))}]\n---\nuser:\n{{{{ticket}}}}\n";
        string path = Path.Combine(_folder, "triage.prompty");
        File.WriteAllText(path, source);
        var planned = new PlannedPrompt { Name = "triage", Path = path, DisplayPath = "triage.prompty", Labels = new Dictionary<string, IReadOnlyList<string>>(), Datasets = [], TestRowsHash = "t" };
        var prompt = TrainedPrompt.Load(planned, ChatFormat.ChatML);
        LabelledRow[] test = [.. Enumerable.Range(0, Rows).Select(row => Row(prompt, "test.jsonl", row))];
        LabelledRow[] train = [.. Enumerable.Range(5000, 400).Select(row => Row(prompt, "train.jsonl", row))];
        var plan = new TrainingPlan
        {
            Model = "Support",
            AdapterKey = "a",
            ModelKey = "m",
            ParentAdapterKey = string.Empty,
            Quantization = "Q4_K_M",
            CacheDirectory = _folder,
            Base = new PlannedBase("smollm2", "x.gguf", "0", "Apache-2.0", "embedded"),
            Recipe = new PlannedRecipe(),
            Gates = new PlannedGates(minAccuracy, null),
            Prompts = [planned, planned with { Name = "summary" }, planned with { Name = "order" }],
            LastAccuracy = new Dictionary<string, double>(),
            MaxTrainingMinutes = 0,
            Threads = 0,
            Offline = true,
            TokenPrice = 0.6,
        };
        string file = Path.Combine(_folder, "written.html");
        ReportFile.Write(file, plan, new RowSet(train, train[..40], test, false), Record(test, 0), Record(test, 3) with { ModelKey = ContentKey.OfText("before") });
        return File.ReadAllText(file);
    }

    private static LabelledRow Row(TrainedPrompt prompt, string file, int row) => new(
        prompt, file, row + 1, [row == 40 ? Hostile : $"I was charged twice for row {row} and would like to know why, since my bank says that both payments went through."], [_labels[row % 3]], 1, $"hash {row}");

    private static EvaluationRecord Record(LabelledRow[] rows, int shift) => new()
    {
        Model = "Support",
        ModelKey = "m",
        Time = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero),
        File = new QuantizedFile("Q4_K_M", [new("Q5_0", 120, 43_200_000), new("Q8_0", 30, 30_100_000)], 150, 0.04, "Q4_1"),
        Size = 101_000_000,
        Shipped =
        [
            Labels(rows, row => (row + shift) % 20 == 0),
            new OutputEvaluation { Prompt = "summary", Output = "text", Kind = OutputKind.Text, Outcomes = [new("s.jsonl", 1, "s1", "the quick brown fox", "the quick fox", 0.4, false)] },
            new OutputEvaluation { Prompt = "order", Output = "order", Kind = OutputKind.Record, Outcomes = [new("o.jsonl", 1, "o1", """{"items":[{"price":1}]}""", """{"items":[{"price":2}]}""", 0.7, false)] },
        ],
        Others = [new(EvaluationSet.Base, [Labels(rows[..128], row => row % 3 != 0)]), new(EvaluationSet.Unquantized, [Labels(rows[..128], row => row % 25 == 0)])],
        Trials = [new("Q4_0", 80_000_000, 0.02), new("Q4_K_M", 101_000_000, 0.001), new("Q8_0", 140_000_000, null)],
        Confidence = [new("triage", "category", 1.5, [new() { Precision = 0.95, Thresholds = new Dictionary<string, double> { [_labels[0]] = 0.625 }, Coverage = 0.75, Measured = 0.9625 }])],
        AnswerTokens = new Dictionary<string, double> { ["triage"] = 2.5 },
        Losses = [.. Enumerable.Range(1, 200).Select(step => new LossPoint(step, 2.0 / Math.Sqrt(step), step % 40 == 0 ? 2.2 / Math.Sqrt(step) : null))],
        Suspects = [new SuspectedLabel("train.jsonl", 5001, "category", "Bug", 0.01, "Billing", 0.97)],
        Facts = [new("Base", "smollm2, SHA-256 0")],
        DataSizes = [new("triage", "category", 100, 0.6), new("triage", "category", 200, 0.7), new("triage", "category", 400, 0.74)],
    };

    private static OutputEvaluation Labels(LabelledRow[] rows, Func<int, bool> isWrong) => new()
    {
        Prompt = "triage",
        Output = "category",
        Kind = OutputKind.Label,
        Labels = _labels,
        MillisecondsPerCall = 12.3,
        PromptTokens = 80,
        Outcomes =
        [
            .. rows.Select((row, index) =>
            {
                string expected = row.Values[0];
                string predicted = isWrong(index) ? _labels[(index + 1) % 3] : expected;
                double confidence = 0.5 + (index % 50 / 100.0);
                return new RowOutcome(row.File, row.Line, row.Hash, expected, predicted, confidence, predicted == expected) { Labels = [new(predicted, confidence), new(predicted == expected ? _labels[(index + 1) % 3] : expected, 1 - confidence)] };
            }),
        ],
    };

    // Addresses that a browser would fetch; the namespace of SVG in a script is none.
    [GeneratedRegex("(?:src|href|url\\()\\s*=?\\s*[\"']?(?:https?:)?//", RegexOptions.IgnoreCase)]
    private static partial Regex OutsideReference();
}
