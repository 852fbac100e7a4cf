using System.Reflection;

namespace EdgeBuild.Generators.Tests;

[TestClass]
public sealed class FakeClientTests
{
    private static readonly Assembly _app = GeneratedProject.Run(
        """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using System.Threading;
        using System.Threading.Tasks;
        using EdgeBuild.Runtime;
        using TicketTriage;

        internal static class AppTests
        {
            public static async Task<string> One()
            {
                var fake = new FakeTriage(new TriageResult(TriageCategory.Bug, true), confidence: 0.7);
                ITriage triage = fake;
                Prediction<TriageResult> answer = await triage.PredictAsync("a", new TriageOptions { Adapter = "acme" });
                TriageResult plain = await triage.RunAsync("b");
                return $"{answer.Value == plain} {answer.Confidence:0.00} {answer.CategoryProbabilities()[TriageCategory.Bug]:0.0} {answer.CategoryProbabilities().Values.Sum():0.0} {answer.UrgentProbability():0.0} "
                    + string.Join(' ', fake.Calls.Select(call => call.Input + call.Options?.Adapter));
            }

            public static Task<string> Service()
            {
                var services = new Microsoft.Extensions.DependencyInjection.ServiceCollection();
                services.AddTriage((_, options) => options.RequiredPrecision = 0.99).AddTriage();
                return Task.FromResult(string.Join(' ', services.Where(service => service.ServiceType.Namespace == "TicketTriage").Select(service => service.ServiceType.Name + " " + service.Lifetime)));
            }

            public static async Task<string> Sure()
            {
                Prediction<TriageResult> sure = await new FakeTriage(new TriageResult(TriageCategory.Bug, true), confidence: 0.97).PredictAsync("a");
                Prediction<TriageResult> unsure = await new FakeTriage(new TriageResult(TriageCategory.Bug, true), confidence: 0.9).PredictAsync("a");
                Prediction<TriageResult> loose = await new FakeTriage(new TriageResult(TriageCategory.Bug, true), confidence: 0.9).PredictAsync("a", new TriageOptions { RequiredPrecision = 0.8 });
                return $"{sure.IsConfident} {unsure.IsConfident} {loose.IsConfident} {sure.Source}";
            }

            public static async Task<string> Many()
            {
                var fake = new FakeTriage(text => new TriageResult(text.Length > 1 ? TriageCategory.Data : TriageCategory.Access, false));
                var answers = new List<string>();
                await foreach (Prediction<TriageResult> answer in fake.PredictManyAsync(new[] { "aa", "b" }))
                {
                    answers.Add(answer.Value.Category.ToLabel());
                }

                await foreach (Prediction<TriageResult> answer in fake.PredictManyAsync(new[] { "c", "dd" }.ToAsyncEnumerable()))
                {
                    answers.Add(answer.Value.Category.ToLabel());
                }

                return string.Join(' ', answers) + " " + string.Join(' ', fake.Calls.Select(call => call.Input));
            }

            public static async Task<string> Streamed()
            {
                var fake = new FakeShortReply(input => new ShortReplyResult($"Dear {input.Text} of {input.Words}"));
                var pieces = new List<string>();
                await foreach (string piece in fake.StreamAsync("you", 2, 0.5, true))
                {
                    pieces.Add(piece);
                }

                return string.Join('|', pieces);
            }

            public static async Task<string> Cancelled()
            {
                var fake = new FakeTriage(new TriageResult(TriageCategory.Bug, true));
                try
                {
                    await fake.RunAsync("a", cancellationToken: new CancellationToken(true));
                    return "not cancelled";
                }
                catch (OperationCanceledException)
                {
                    return "cancelled " + fake.Calls.Count;
                }
            }
        }
        """,
        ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage),
        ProjectFile.Prompt("/app/reply.prompty", PromptText.FreeText)).Load();

    [TestMethod]
    [DataRow("One", "True 0.49 0.7 1.0 0.7 aacme b")]
    [DataRow("Many", "Data Access Access Data aa b c dd")]
    [DataRow("Sure", "True False True Model")]
    [DataRow("Service", "Triage Singleton ITriage Singleton")]
    [DataRow("Streamed", "Dear| you| of| 2")]
    [DataRow("Cancelled", "cancelled 0")]
    public async Task Fake_answers_what_a_test_says_and_remembers_the_calls(string test, string expected)
    {
        Assert.AreEqual(expected, await (Task<string>)_app.GetType("AppTests", throwOnError: true)!.GetMethod(test)!.Invoke(null, null)!);
    }

    [TestMethod]
    public void Confidence_that_is_no_probability_is_refused()
    {
        Type fake = _app.GetType("TicketTriage.FakeTriage", throwOnError: true)!;
        object answer = Activator.CreateInstance(_app.GetType("TicketTriage.TriageResult")!, Enum.ToObject(_app.GetType("TicketTriage.TriageCategory")!, 0), true)!;
        TargetInvocationException exception = Assert.ThrowsExactly<TargetInvocationException>(() => Activator.CreateInstance(fake, answer, 1.5));
        Assert.IsInstanceOfType<ArgumentOutOfRangeException>(exception.InnerException);
    }
}
