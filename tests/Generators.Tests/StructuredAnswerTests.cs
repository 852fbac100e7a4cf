using System.Reflection;
using EdgeBuild.Runtime;

namespace EdgeBuild.Generators.Tests;

[TestClass]
public sealed class StructuredAnswerTests
{
    [TestMethod]
    public void Client_with_tools_is_the_reviewed_one()
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/assistant.prompty", StructuredPrompt.Tools));
        project.Load();
        Snapshot.Assert("TicketTriage.Assistant.g.cs", project["TicketTriage.Assistant.g.cs"]);
    }

    [TestMethod]
    public void Calls_of_tools_reach_the_method_of_the_app_with_typed_arguments()
    {
        const string App = """
            using System.Threading;
            using System.Threading.Tasks;
            using TicketTriage;

            internal sealed class Desk : IAssistantTools<string>
            {
                public ValueTask<string> OpenTicketAsync(string title, AssistantOpenTicketPriority priority, long copies, System.Collections.Generic.IReadOnlyList<string> tags, CancellationToken cancellationToken) =>
                    new($"{title}/{priority}/{copies}/{string.Join('+', tags)}");

                public ValueTask<string> OrderAsync(System.Collections.Generic.IReadOnlyList<AssistantOrderLinesItem> lines, AssistantOrderAddress address, CancellationToken cancellationToken) =>
                    new($"{lines[0].Sku}{lines[0].Size}{lines[0].Grid[1][0]} {address.City}");

                public ValueTask<string> HangUpAsync(CancellationToken cancellationToken) => new("bye");

                public static async Task<string> Run()
                {
                    var fake = new FakeAssistant(text => new AssistantResult(
                        text == "bye" ? new AssistantHangUp() : new AssistantOpenTicket(text, AssistantOpenTicketPriority.High, 2, new[] { "a" })));
                    return await fake.DispatchAsync("broken", new Desk()) + " " + await fake.DispatchAsync("bye", new Desk(), new AssistantOptions { Adapter = "acme" }) + " " + fake.Calls[1].Options!.Adapter;
                }
            }
            """;
        Assembly app = GeneratedProject.Run(App, ProjectFile.Prompt("/app/assistant.prompty", StructuredPrompt.Tools)).Load();
        Assert.AreEqual("broken/High/2/a bye acme", ((Task<string>)app.GetType("Desk")!.GetMethod("Run")!.Invoke(null, null)!).Result);
    }

    [TestMethod]
    public void Answer_of_a_prompt_with_tools_becomes_one_typed_call()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/assistant.prompty", StructuredPrompt.Tools)).Load();
        object first = Value(app, "Assistant", """{"name":"open-ticket","arguments":{"title":"It \"broke\"","priority":"very high","copies":-3,"tags":["a","b"]}}""");
        object second = Value(app, "Assistant", """{"name":"hang_up","arguments":{}}""");
        Type open = app.GetType("TicketTriage.AssistantOpenTicket", throwOnError: true)!;
        object call = first.GetType().GetProperty("Call")!.GetValue(first)!;
        Assert.IsInstanceOfType(call, open);
        Assert.AreEqual("It \"broke\"", open.GetProperty("Title")!.GetValue(call));
        Assert.AreEqual("VeryHigh", open.GetProperty("Priority")!.GetValue(call)!.ToString());
        Assert.AreEqual(-3L, open.GetProperty("Copies")!.GetValue(call));
        Assert.AreSequenceEqual(["a", "b"], (IReadOnlyList<string>)open.GetProperty("Tags")!.GetValue(call)!);
        Assert.AreEqual("AssistantResult { Call = AssistantHangUp { } }", second.ToString());
        Assert.AreEqual(first, Value(app, "Assistant", """{"name":"open-ticket","arguments":{"title":"It \"broke\"","priority":"very high","copies":-3,"tags":["a","b"]}}"""));
        Assert.AreNotEqual(first, Value(app, "Assistant", """{"name":"open-ticket","arguments":{"title":"It \"broke\"","priority":"very high","copies":-3,"tags":["a","c"]}}"""));
    }

    [TestMethod]
    public void Equal_parameters_of_several_tools_have_one_enum()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/home.prompty", StructuredPrompt.Rooms)).Load();
        Type[] rooms = [.. new[] { "HomeLight", "HomeHeat", "HomeLock" }.Select(tool => app.GetType("TicketTriage." + tool, throwOnError: true)!.GetProperty("Room")!.PropertyType)];
        Assert.AreEqual("HomeRoom HomeRoom HomeLockRoom", string.Join(' ', rooms.Select(room => room.Name)));
        Assert.AreEqual("HomeHeat { Room = Kitchen }", Property(Value(app, "Home", """{"name":"heat","arguments":{"room":"kitchen"}}"""), "Call")!.ToString());
    }

    [TestMethod]
    public void Objects_become_records_and_lists_are_compared_by_their_items()
    {
        const string Text = """{"name":"order","arguments":{"lines":[{"sku":"A","size":"M","grid":[[1.5],[2,3]]},{"sku":"B","size":"S","grid":[]}],"address":{"city":"Bonn","express":true}}}""";
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/assistant.prompty", StructuredPrompt.Tools)).Load();
        object first = Value(app, "Assistant", Text);
        Assert.AreEqual(first, Value(app, "Assistant", Text));
        Assert.AreEqual(first.GetHashCode(), Value(app, "Assistant", Text).GetHashCode());
        foreach ((string part, string other) in new[] { ("2,3", "2,4"), ("\"B\"", "\"C\""), ("Bonn", "Berlin"), ("[1.5],", string.Empty), ("\"size\":\"S\"", "\"size\":\"M\"") })
        {
            Assert.AreNotEqual(first, Value(app, "Assistant", Text.Replace(part, other, StringComparison.Ordinal)), other);
        }

        object call = first.GetType().GetProperty("Call")!.GetValue(first)!;
        Assert.AreEqual("AssistantOrderAddress { City = Bonn, Express = True }", call.GetType().GetProperty("Address")!.GetValue(call)!.ToString());
        var lines = (System.Collections.IEnumerable)call.GetType().GetProperty("Lines")!.GetValue(call)!;
        Assert.HasCount(2, lines.Cast<object>());
        Assert.IsFalse(lines.GetType().IsArray, "A caller could change the answer.");
    }

    [TestMethod]
    public void Unknown_tool_in_an_answer_throws()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/assistant.prompty", StructuredPrompt.Tools)).Load();
        TargetInvocationException exception = Assert.ThrowsExactly<TargetInvocationException>(() => Value(app, "Assistant", """{"name":"other","arguments":{}}"""));
        Assert.IsInstanceOfType<System.Text.Json.JsonException>(exception.InnerException);
    }

    [TestMethod]
    public void Client_with_lists_and_optional_properties_is_the_reviewed_one()
    {
        GeneratedProject project = GeneratedProject.Run(ProjectFile.Prompt("/app/order.prompty", StructuredPrompt.Order));
        project.Load();
        Snapshot.Assert("TicketTriage.Order.g.cs", project["TicketTriage.Order.g.cs"]);
    }

    [TestMethod]
    public void Missing_properties_are_null()
    {
        Assembly app = GeneratedProject.Run(ProjectFile.Prompt("/app/order.prompty", StructuredPrompt.Order)).Load();
        object there = Order(app, """{"currency":"USD","weeks":-2,"hints":["a","b"]}""");
        object missing = Order(app, """{"currency":null,"weeks":null,"hints":null}""");
        Assert.AreEqual(12.5, Property(there, "Total"));
        Assert.AreEqual("null", Property(there, "Note"));
        object terms = Property(there, "Terms")!;
        Assert.AreEqual("USD", Property(terms, "Currency")!.ToString());
        Assert.AreEqual(-2L, Property(terms, "Weeks"));
        Assert.AreSequenceEqual(["a", "b"], (IReadOnlyList<string>)Property(terms, "Hints")!);
        foreach (string name in new[] { "Currency", "Weeks", "Hints" })
        {
            Assert.IsNull(Property(Property(missing, "Terms")!, name), name);
        }

        object[] lines = [.. ((System.Collections.IEnumerable)Property(there, "Lines")!).Cast<object>()];
        Assert.AreSequenceEqual(["A", "B"], lines.Select(line => Property(line, "Sku")));
        Assert.AreSequenceEqual([3L, null], lines.Select(line => Property(line, "Pieces")));
        Assert.AreNotEqual(there, missing);
        Assert.AreNotEqual(there, Order(app, """{"currency":"USD","weeks":-2,"hints":null}"""));
        Assert.AreEqual(missing, Order(app, """{"currency":null,"weeks":null,"hints":null}"""));
        Assert.AreEqual(there.GetHashCode(), Order(app, """{"currency":"USD","weeks":-2,"hints":["a","b"]}""").GetHashCode());
    }

    private static object Order(Assembly app, string terms) => Value(
        app,
        "Order",
        new FieldPrediction("total", "12.5", [], 1),
        new FieldPrediction("express", "true", [], 1),
        new FieldPrediction("terms", terms, [], 1),
        new FieldPrediction("lines", """[{"sku":"A","pieces":3},{"sku":"B","pieces":null}]""", [], 1),
        new FieldPrediction("note", "null", [], 1));

    private static object? Property(object value, string name) => value.GetType().GetProperty(name)!.GetValue(value);

    private static object Value(Assembly app, string client, string text) => Value(app, client, new FieldPrediction("call", text, [], 1));

    private static object Value(Assembly app, string client, params FieldPrediction[] fields)
    {
        var prediction = new EdgePrediction(fields, false, TimeSpan.Zero, 1, 0);
        MethodInfo method = app.GetType("TicketTriage." + client, throwOnError: true)!.GetMethod("ToPrediction", BindingFlags.NonPublic | BindingFlags.Static)!;
        object result = method.Invoke(null, [prediction])!;
        return result.GetType().GetProperty("Value")!.GetValue(result)!;
    }
}
