using System.CommandLine;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Correcting;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild add [MODEL] name=value …</c>: a correction from production becomes a row.</summary>
internal static class AddVerb
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var prompt = new Option<string?>("--prompt") { Description = "The prompt, when the model answers several." };
        var dataset = new Option<string?>("--dataset") { Description = "The dataset as the project names it; the first one that is trained on when not given." };
        var set = new Option<string[]>("--set", "-s") { Description = "NAME=VALUE of an input or output; once for each.", Required = true };
        var force = new Option<bool>("--force") { Description = "Add the row in spite of warnings." };
        var command = new Command("add", "Add a row to a dataset: an input from production with the right answer.") { prompt, dataset, set, force };
        model.AddTo(command);
        command.SetAction(parsed =>
        {
            Dictionary<string, string> values = Values(parsed.GetRequiredValue(set));
            TrainingPlan plan = model.FindPlan(parsed);
            string? name = parsed.GetValue(prompt);
            PlannedPrompt planned = (name is null ? (plan.Prompts.Count == 1 ? plan.Prompts[0] : null) : plan.Prompts.FirstOrDefault(candidate => candidate.Name == name))
                ?? throw new EdgeBuildException(ErrorCodes.UnknownReference, $"Name a prompt of the model with --prompt: {string.Join(", ", plan.Prompts.Select(candidate => candidate.Name))}.");
            Correction.Result result = new Correction(planned).Add(parsed.GetValue(dataset), values, parsed.GetValue(force));
            foreach (Diagnostic finding in result.Findings)
            {
                Console.WriteLine(finding);
            }

            string hint = result.Findings.Any(finding => finding.IsError) ? "Correct it." : "Correct it, or add it with --force.";
            Console.WriteLine(result.Added ? $"{result.File}({result.Line}): added; the next build refreshes the model." : $"The row was not added. {hint}");
            return result.Added ? 0 : 1;
        });
        return command;
    }

    private static Dictionary<string, string> Values(IEnumerable<string> assignments)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string assignment in assignments)
        {
            int sign = assignment.IndexOf('=', StringComparison.Ordinal);
            if (sign < 1)
            {
                throw new EdgeBuildException(ErrorCodes.UnknownReference, $"'--set {assignment}' is not NAME=VALUE.");
            }

            values[assignment[..sign]] = assignment[(sign + 1)..];
        }

        return values;
    }
}
