using EdgeBuild.CodeFixes;

namespace EdgeBuild.Editor.Tests;

[TestClass]
public sealed class ClientPerCallTests
{
    [TestMethod]
    [DataRow("using var triage = ")]
    [DataRow("var triage = ")]
    public Task Client_of_a_loop_is_made_before_it(string declaration) => UsageTest<ShareClientFix>.RunAsync(
        $$"""
        static class App
        {
            public static async Task M(string[] texts)
            {
                Console.WriteLine("start");
                foreach (string text in texts)
                {
                    {{declaration}}{|EDGE0103:new Triage()|};
                    Console.WriteLine(await triage.RunAsync(text));
                }
            }
        }
        """,
        """
        static class App
        {
            public static async Task M(string[] texts)
            {
                Console.WriteLine("start");
                using var triage = new Triage();
                foreach (string text in texts)
                {
                    Console.WriteLine(await triage.RunAsync(text));
                }
            }
        }
        """);

    [TestMethod]
    public Task Client_of_nested_loops_is_made_before_the_outer_one() => UsageTest<ShareClientFix>.RunAsync(
        """
        for (int i = 0; i < 2; i++)
        {
            while (Console.ReadLine() is { } line)
            {
                Console.WriteLine(await {|EDGE0103:new Triage()|}.RunAsync(line));
            }
        }
        """,
        """
        using var triage = new Triage();
        for (int i = 0; i < 2; i++)
        {
            while (Console.ReadLine() is { } line)
            {
                Console.WriteLine(await triage.RunAsync(line));
            }
        }
        """,
        isProgram: true);

    [TestMethod]
    public Task Client_of_a_request_is_made_before_the_handler() => UsageTest<ShareClientFix>.RunAsync(
        """
        using Microsoft.AspNetCore.Builder;

        var app = new WebApplication();
        app.MapPost("/triage", async (string text) =>
        {
            using var triage = {|EDGE0103:new Triage()|};
            return await triage.RunAsync(text);
        });
        app.Run();
        """,
        """
        using Microsoft.AspNetCore.Builder;

        var app = new WebApplication();
        using var triage = new Triage();
        app.MapPost("/triage", async (string text) =>
        {
            return await triage.RunAsync(text);
        });
        app.Run();
        """,
        isProgram: true);

    [TestMethod]
    public Task Client_of_a_controller_action_is_reported() => UsageTest<ShareClientFix>.RunAsync(
        """
        public class Tickets : Microsoft.AspNetCore.Mvc.ControllerBase
        {
            public async Task<TriageResult> Post(string text)
            {
                using var triage = {|EDGE0103:new Triage()|};
                return await triage.RunAsync(text);
            }
        }
        """);

    [TestMethod]
    public Task Client_that_depends_on_the_loop_is_reported_without_a_fix() => UsageTest<ShareClientFix>.RunAsync(
        """
        static class App
        {
            public static async Task M(string[] paths)
            {
                foreach (string path in paths)
                {
                    using var triage = {|EDGE0103:new Triage(new EdgeBuild.Runtime.EdgeClientOptions { ModelPath = path })|};
                    Console.WriteLine(await triage.RunAsync("x"));
                }
            }
        }
        """);

    [TestMethod]
    public Task Client_that_is_made_once_is_right() => UsageTest<ShareClientFix>.RunAsync(
        """
        using Microsoft.AspNetCore.Builder;

        using var triage = new Triage();
        var clients = new List<Triage>();
        for (Triage once = new Triage(); Console.ReadLine() is { } line;)
        {
            clients.Add(once);
            Console.WriteLine(await once.RunAsync(line));
        }

        Func<Triage> factory = () => new Triage();
        var app = new WebApplication();
        app.MapPost("/triage", async (string text) => await triage.RunAsync(text));
        """,
        isProgram: true);
}
