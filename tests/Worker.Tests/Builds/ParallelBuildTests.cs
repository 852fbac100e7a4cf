using System.Diagnostics;

namespace EdgeBuild.Worker.Tests.Builds;

[TestClass]
[DoNotParallelize]
public sealed class ParallelBuildTests
{
    private const int Projects = 20;

    [TestMethod]
    public void Twenty_projects_in_two_parallel_builds_train_each_key_once()
    {
        using var build = new RealBuild();
        string[] projects = [.. Enumerable.Range(0, Projects).Select(number => build.AddProject($"P{number}", seed: 1 + (number % 2)))];

        // Projects next to each other share a key, so that both nodes of a build want it at once.
        string[] ordered = [.. projects.OrderBy(project => Array.IndexOf(projects, project) % 2)];
        string restore = build.AddTraversal("all.proj", projects);
        string[] halves = [build.AddTraversal("first.proj", ordered.Where((_, index) => index % 2 == 0)), build.AddTraversal("second.proj", ordered.Where((_, index) => index % 2 == 1))];
        build.Run(0, "build", restore, "-t:Restore", "-m");

        using Process first = build.Start("build", halves[0], "--no-restore", "-m:2");
        using Process second = build.Start("build", halves[1], "--no-restore", "-m:2");
        Task<string>[] outputs = [first.StandardOutput.ReadToEndAsync(), second.StandardOutput.ReadToEndAsync()];
        _ = first.StandardError.ReadToEndAsync();
        _ = second.StandardError.ReadToEndAsync();
        string output = string.Concat(Task.WhenAll(outputs).Result);
        first.WaitForExit();
        second.WaitForExit();

        Assert.AreEqual((0, 0), (first.ExitCode, second.ExitCode), output);
        Assert.AreEqual(2, output.Split("training needs about").Length - 1, output);
        Assert.Contains("waiting for another build that makes the same model", output);
        Assert.HasCount(2, Directory.GetDirectories(Path.Combine(build.Cache, "models")));
        foreach (IGrouping<int, int> same in Enumerable.Range(0, Projects).GroupBy(number => number % 2))
        {
            Assert.HasCount(1, same.Select(number => build.LockFileOf($"P{number}").ToText()).Distinct());
            Assert.HasCount(1, same.Select(number => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(build.ShippedModelOf($"P{number}"))))).Distinct());
        }
    }
}
