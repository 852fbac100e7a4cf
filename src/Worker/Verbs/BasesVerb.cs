using System.CommandLine;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Comparing;
using EdgeBuild.Worker.Evaluation;
using Spectre.Console;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild bases --base SOURCE …</c>: trains a model of the project on other bases and compares them.</summary>
internal static class BasesVerb
{
    private const int FileWidth = 240;

    public static Command Create()
    {
        var model = new ModelArguments();
        var bases = new Option<string[]>("--base", "-b")
        {
            Description = "A candidate: the path of a GGUF file, hf:OWNER/REPO@REVISION/FILE.gguf or nuget:ID@VERSION. May be given several times.",
            AllowMultipleArgumentsPerToken = true,
            Required = true,
        };
        var command = new Command("bases", "Train a model of the project on other bases too, and compare accuracy, size and time. Minutes for each base; what is in the cache is not trained again.") { bases };
        model.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            TrainingPlan plan = model.FindPlan(parsed);
            var candidates = new List<(string Base, EvaluationRecord? Record)> { ($"{plan.Base.Name} (the project's)", Built(plan)) };
            foreach (string reference in parsed.GetRequiredValue(bases))
            {
                Console.WriteLine($"{reference}:");
                candidates.Add((reference, await TryAsync(plan, reference, cancellationToken)));
            }

            if (Console.IsOutputRedirected)
            {
                // A file has no width that rows would have to be broken at.
                AnsiConsole.Profile.Width = FileWidth;
            }

            AnsiConsole.Write(CandidateTable.Draw(candidates));
            return candidates.Skip(1).All(candidate => candidate.Record is not null) ? 0 : 1;
        });
        return command;
    }

    private static EvaluationRecord? Built(TrainingPlan plan) => EvaluationRecord.Read(new BuiltModel(plan).Directory);

    private static async Task<EvaluationRecord?> TryAsync(TrainingPlan plan, string reference, CancellationToken cancellationToken)
    {
        try
        {
            BaseCandidate candidate;
            using (var progress = ProgressReporter.ForConsole())
            {
                candidate = await BaseCandidate.GetAsync(plan, reference, progress, cancellationToken);
            }

            return await new CandidateRun(Show).RunAsync(candidate.Plan, cancellationToken);
        }
        catch (EdgeBuildException exception)
        {
            // The other candidates are compared all the same.
            Console.WriteLine(exception.ToDiagnostic());
            return null;
        }
    }

    /// <summary>A terminal shows progress as one line that changes; a file gets the other lines only.</summary>
    private static void Show(string line)
    {
        if (!WorkerProgress.TryParse(line, out WorkerProgress? progress))
        {
            Console.WriteLine($"\r  {line}");
        }
        else if (!Console.IsOutputRedirected)
        {
            Console.Write($"\r\u001b[K  {progress!.ToDisplayText()}");
        }
    }
}
