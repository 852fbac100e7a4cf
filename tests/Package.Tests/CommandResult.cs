namespace EdgeBuild.Package.Tests;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Gets the error lines of a build, each once.</summary>
    public string[] Errors => [.. Output.Split('\n').Select(line => line.Trim()).Where(line => line.Contains(": error ", StringComparison.Ordinal)).Distinct()];

    public CommandResult Succeeded()
    {
        Assert.AreEqual(0, ExitCode, Output + Error);
        return this;
    }

    /// <summary>Requires that a program of <see cref="UserFolder.Program"/> has answered.</summary>
    public CommandResult Answered()
    {
        StringAssert.Matches(Succeeded().Output.Trim().Split('\n')[^1], new System.Text.RegularExpressions.Regex(UserFolder.AnswerPattern), Output + Error);
        return this;
    }

    /// <summary>Requires that nothing was trained: the worker was not even started.</summary>
    public CommandResult WithoutWork()
    {
        Assert.DoesNotContain("Task \"RunEdgeWorker\"", Succeeded().Output);
        return this;
    }
}
