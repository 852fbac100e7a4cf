using EdgeBuild.CodeFixes;

namespace EdgeBuild.Editor.Tests;

[TestClass]
public sealed class BlockingCallTests
{
    [TestMethod]
    [DataRow("triage.RunAsync(\"x\").Result")]
    [DataRow("triage.RunAsync(\"x\").AsTask().Result")]
    [DataRow("triage.RunAsync(\"x\").GetAwaiter().GetResult()")]
    [DataRow("triage.RunAsync(\"x\").AsTask().GetAwaiter().GetResult()")]
    public Task Waiting_for_a_value_becomes_an_await(string waiting) => UsageTest<AwaitCallFix>.RunAsync(
        $$"""
        static class App
        {
            public static async Task<bool> M(ITriage triage)
            {
                await Task.Yield();
                TriageResult result = {|EDGE0101:{{waiting}}|};
                return result.Urgent;
            }
        }
        """,
        """
        static class App
        {
            public static async Task<bool> M(ITriage triage)
            {
                await Task.Yield();
                TriageResult result = await triage.RunAsync("x");
                return result.Urgent;
            }
        }
        """);

    [TestMethod]
    public Task Method_becomes_async_with_a_task_of_its_result() => UsageTest<AwaitCallFix>.RunAsync(
        """
        class App
        {
            // Kept.
            public static TriageCategory M(Triage triage, string text) => {|EDGE0101:triage.RunAsync(text).Result|}.Category;

            static void Main()
            {
                using var triage = new Triage();
                {|EDGE0101:triage.PredictAsync("x").AsTask().Wait()|};
            }
        }
        """,
        """
        class App
        {
            // Kept.
            public static async Task<TriageCategory> M(Triage triage, string text) => (await triage.RunAsync(text)).Category;

            static async Task Main()
            {
                using var triage = new Triage();
                await triage.PredictAsync("x");
            }
        }
        """);

    [TestMethod]
    public Task Top_level_statements_just_await() => UsageTest<AwaitCallFix>.RunAsync(
        """
        using var triage = new Triage();
        Console.WriteLine({|EDGE0101:triage.RunAsync("x").Result|}.Category);
        """,
        """
        using var triage = new Triage();
        Console.WriteLine((await triage.RunAsync("x")).Category);
        """,
        isProgram: true);

    [TestMethod]
    public Task Task_in_a_local_is_found_and_awaited() => UsageTest<AwaitCallFix>.RunAsync(
        """
        using var triage = new Triage();
        var task = triage.RunAsync("x");
        Console.WriteLine({|EDGE0101:task.Result|});
        """,
        """
        using var triage = new Triage();
        var task = triage.RunAsync("x");
        Console.WriteLine(await task);
        """,
        isProgram: true);

    [TestMethod]
    public Task Where_the_signature_is_given_by_others_there_is_no_fix() => UsageTest<AwaitCallFix>.RunAsync(
        """
        class App : IComparer<string>
        {
            private readonly ITriage _triage;

            public App(ITriage triage) => _triage = triage;

            public bool IsUrgent => {|EDGE0101:_triage.RunAsync("x").Result|}.Urgent;

            public int Compare(string? x, string? y) => {|EDGE0101:_triage.RunAsync(x!).Result|}.Urgent ? 1 : 0;

            public override string ToString() => {|EDGE0101:_triage.RunAsync("x").Result|}.ToString();
        }
        """.Replace("string?", "string", StringComparison.Ordinal).Replace("x!", "x", StringComparison.Ordinal));

    [TestMethod]
    public Task Other_tasks_and_awaited_calls_are_no_matter_of_this_rule() => UsageTest<AwaitCallFix>.RunAsync(
        """
        static class App
        {
            public static async Task M(ITriage triage)
            {
                await triage.RunAsync("x");
                await triage.RunAsync("x").ConfigureAwait(false);
                Console.WriteLine(Task.FromResult(1).Result);
                Task.Delay(1).Wait();
            }
        }
        """);
}
