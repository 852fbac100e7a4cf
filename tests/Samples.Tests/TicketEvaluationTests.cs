using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Samples.Tests;

/// <summary>What the report says is what the app itself measures.</summary>
[TestClass]
public sealed class TicketEvaluationTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task The_app_measures_the_figures_of_the_report_and_of_the_lock_file()
    {
        string lockPath = Path.Combine(Ticket.SampleFolder, LockFile.FileName);
        string planPath = Path.Combine(Ticket.SampleFolder, "obj", "edge", "Support.plan.json");
        string app = Path.Combine(Ticket.SampleFolder, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "TicketTriage.dll");
        if (!File.Exists(lockPath) || !File.Exists(planPath) || !File.Exists(app))
        {
            Assert.Inconclusive("samples/TicketTriage is not built: build the sample, which trains its model, and run again.");
        }

        TrainingPlan plan = TrainingPlan.Parse(await File.ReadAllTextAsync(planPath, TestContext.CancellationToken));
        string report = Path.Combine(plan.CacheDirectory, "models", plan.ModelKey, "report.html");
        string output = await EvaluateAsync(app);

        TestContext.WriteLine(output);
        LockFile locked = LockFile.Parse(lockPath, await File.ReadAllTextAsync(lockPath, TestContext.CancellationToken));
        string html = await File.ReadAllTextAsync(report, TestContext.CancellationToken);
        foreach (string name in new[] { "category", "urgent" })
        {
            Match line = Regex.Match(output, $@"^{name}\s+(\d+)\s+(\d+)\s", RegexOptions.Multiline);
            Assert.IsTrue(line.Success, output);
            int right = int.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture);
            int rows = int.Parse(line.Groups[2].Value, CultureInfo.InvariantCulture);
            LockedMetric metric = locked.Metrics[LockFile.OutputKey("triage", name)];
            Assert.AreEqual(rows, metric.Rows, "The lock file's score is of other test rows: build the sample again.");
            Assert.AreEqual(metric.Accuracy, Math.Round((double)right / rows, 4), name);
            Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"<h3>triage / {name}</h3><b>{(double)right / rows:P1}</b>exactly right of {rows} rows"), html);
        }
    }

    private async Task<string> EvaluateAsync(string app)
    {
        var start = new ProcessStartInfo("dotnet", [app, "--evaluate"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, process.ExitCode, output + await errors);
        return output;
    }
}
