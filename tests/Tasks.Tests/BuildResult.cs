namespace EdgeBuild.Tasks.Tests;

/// <summary>How a build ended.</summary>
/// <param name="ExitCode">The exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record BuildResult(int ExitCode, string Output, string Error)
{
    public bool RanTask(string task) => Output.Contains($"Task \"{task}\"", StringComparison.Ordinal);

    public bool Loaded(string task) => Output.Contains($"Using \"{task}\" task", StringComparison.Ordinal);

    public int Count(string text) => Output.Split(text).Length - 1;

    public BuildResult Succeeded()
    {
        Assert.AreEqual(0, ExitCode, Output + Error);
        return this;
    }

    public BuildResult Failed(string code)
    {
        Assert.AreEqual(1, ExitCode, Output + Error);
        Assert.Contains($"error {code}:", Output, Output);
        return this;
    }
}
