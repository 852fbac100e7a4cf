using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Worker.Tests;

/// <summary><c>edgebuild bases</c> in a process of its own, on tiny bases.</summary>
[TestClass]
[DoNotParallelize]
public sealed class BasesTests : IDisposable
{
    private readonly SmallProject _project = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-bases-").FullName;

    public TestContext TestContext { get; set; } = null!;

    public void Dispose()
    {
        _project.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task Candidates_are_trained_on_the_projects_rows_and_compared_with_its_own_base()
    {
        _project.Recipe = _project.Recipe with { Epochs = 1 };
        TrainingPlan plan = _project.Plan("project", string.Empty, _project.Prompt(SmallProject.Colors, SmallProject.Rows(0, 60), SmallProject.Rows(60, 20))) with { Quantization = "Q8_0" };
        Assert.IsTrue(await _project.RunAsync(plan, TestContext.CancellationToken), string.Join('\n', _project.Output));
        string plans = Path.Combine(_folder, "obj", "edge");
        Directory.CreateDirectory(plans);
        await File.WriteAllTextAsync(Path.Combine(plans, "Test.plan.json"), plan.ToText(), TestContext.CancellationToken);
        string qwen = RepositoryFiles.Fixture("qwen2", "base.gguf");
        string broken = Path.Combine(_folder, "broken.gguf");
        await File.WriteAllTextAsync(broken, "no model", TestContext.CancellationToken);

        string output = CommandLine.Run(1, "bases", "--project", _folder, "--base", qwen, broken, "missing.gguf");

        TestContext.WriteLine(output);
        string[] table = [.. output.Split('\n').SkipWhile(line => !line.Contains("time per call", StringComparison.Ordinal)).Where(line => line.Trim().Length > 0)];
        Assert.Contains("color/color", table[0]);
        Assert.HasCount(2, table.Where(line => line.Contains(" % (", StringComparison.Ordinal) && line.Contains("B ", StringComparison.Ordinal) && line.Contains(" ms", StringComparison.Ordinal) && line.Contains("steps", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(2, table.Where(line => line.Contains("failed", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(1, table.Where(line => line.Contains("tiny (the project's)", StringComparison.Ordinal)).ToArray());
        Assert.HasCount(1, table.Where(line => line.Contains(qwen, StringComparison.Ordinal)).ToArray());
        Assert.Contains(ErrorCodes.FileNotFound, output);
        Assert.HasCount(2, Directory.GetDirectories(Path.Combine(_project.Cache, "models")));

        // The second time nothing is trained.
        Assert.DoesNotContain("report file:", CommandLine.Run(0, "bases", "--project", _folder, "--base", qwen));
    }
}
