using EdgeBuild.CodeFixes;

namespace EdgeBuild.Editor.Tests;

[TestClass]
public sealed class DisposalTests
{
    [TestMethod]
    public Task Local_client_gets_using() => UsageTest<DisposeClientFix>.RunAsync(
        """
        // Sorts one ticket.
        var triage = {|EDGE0102:new Triage()|};
        Console.WriteLine(await triage.RunAsync("x"));
        """,
        """
        // Sorts one ticket.
        using var triage = new Triage();
        Console.WriteLine(await triage.RunAsync("x"));
        """,
        isProgram: true);

    [TestMethod]
    public Task Client_without_a_name_gets_one() => UsageTest<DisposeClientFix>.RunAsync(
        """
        static class App
        {
            public static async Task<TriageResult> M(string triage)
            {
                return await {|EDGE0102:new Triage()|}.RunAsync(triage);
            }
        }
        """,
        """
        static class App
        {
            public static async Task<TriageResult> M(string triage)
            {
                using var triage2 = new Triage();
                return await triage2.RunAsync(triage);
            }
        }
        """);

    [TestMethod]
    public Task Client_that_is_disposed_or_handed_on_is_right() => UsageTest<DisposeClientFix>.RunAsync(
        """
        class App
        {
            private readonly Triage _field = new Triage();

            public Triage Property { get; } = new Triage();

            public static Triage Make() => new Triage();

            public static async Task M(List<object> clients, IServiceProvider services)
            {
                using var declared = new Triage();
                using (var block = new Triage())
                {
                    await block.RunAsync("x");
                }

                var disposed = new Triage();
                try
                {
                    await disposed.RunAsync("x");
                }
                finally
                {
                    disposed.Dispose();
                }

                var added = new Triage();
                clients.Add(added);
                clients.Add(new Triage());
                var maybe = new Triage();
                maybe?.Dispose();
                ITriage fake = new FakeTriage(new TriageResult(TriageCategory.Billing, false));
                await fake.RunAsync("x");
            }
        }
        """);
}
