using EdgeBuild.Benchmarks;

namespace EdgeBuild.Runtime.Tests;

/// <summary>Two minutes of calls; <c>bench runtime soak --minutes 60</c> is the same for an hour.</summary>
[TestClass]
[TestCategory("EndToEnd")]
[DoNotParallelize]
public sealed class SoakTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Two_minutes_of_calls_by_eight_callers_fail_none_and_leave_memory_flat()
    {
        using EdgePromptClient labels = TestModel.Open(TestModel.TriageSource, TestModel.SmolLM2);
        using EdgePromptClient texts = TestModel.Open(TestModel.ReplySource, TestModel.SmolLM2);
        SoakResult result = await new Soak([labels, texts]).RunAsync(TimeSpan.FromMinutes(2), TestContext.CancellationToken);
        TestContext.WriteLine($"{result.Answered} answers, {result.Cancelled} cancelled, {result.MemoryBefore:F1} MB became {result.MemoryAfter:F1} MB");
        Assert.IsEmpty(result.Failures, string.Join('\n', result.Failures.Take(1)));
        Assert.IsGreaterThan(0, result.Answered);
        Assert.IsGreaterThan(0, result.Cancelled);
        Assert.IsLessThanOrEqualTo(SoakResult.MostGrowth, result.Growth);
    }
}
