using System.CommandLine;
using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Runtime;
using EdgeBuild.Worker.Asking;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild ask [MODEL]</c>: answers what is typed, by the tuned model and by its base side by side.</summary>
internal static class AskVerb
{
    private const int ShownLabels = 3;

    public static Command Create()
    {
        var model = new ModelArguments();
        var prompt = new Option<string?>("--prompt") { Description = "The prompt, when the model answers several." };
        var withBase = new Option<bool>("--base") { Description = "Show the answer of the untuned base too.", DefaultValueFactory = _ => true };
        var command = new Command("ask", "Ask a built model, and its base beside it. Reads one input a line; an empty line ends.") { prompt, withBase };
        model.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(model.Find(parsed), parsed.GetValue(prompt), parsed.GetValue(withBase), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(BuiltModel model, string? name, bool withBase, CancellationToken cancellationToken)
    {
        IReadOnlyList<TrainedPrompt> prompts = model.LoadPrompts();
        TrainedPrompt prompt = (name is null ? (prompts.Count == 1 ? prompts[0] : null) : prompts.FirstOrDefault(candidate => candidate.Name == name))
            ?? throw new EdgeBuildException(ErrorCodes.UnknownReference, $"Name a prompt of the model with --prompt: {string.Join(", ", prompts.Select(candidate => candidate.Name))}.");
        using AskedModel asked = AskedModel.Open(model, prompt, withBase, allowChanged: false);
        while (Read(prompt) is { } inputs)
        {
            Write("tuned", await asked.PredictAsync(asked.Tuned, inputs, cancellationToken));
            if (asked.Untuned is { } untuned)
            {
                Write("base", await asked.PredictAsync(untuned, inputs, cancellationToken));
            }
        }

        return 0;
    }

    /// <summary>Reads the inputs of a call.</summary>
    private static string[]? Read(TrainedPrompt prompt)
    {
        var inputs = new List<string>();
        foreach (Prompts.PromptInput input in prompt.Document.Inputs)
        {
            if (!Console.IsInputRedirected)
            {
                Console.Write($"{input.Name}> ");
            }

            if (Console.ReadLine() is not { Length: > 0 } line)
            {
                return null;
            }

            inputs.Add(line);
        }

        return [.. inputs];
    }

    private static void Write(string who, EdgePrediction prediction)
    {
        foreach (FieldPrediction field in prediction.Fields)
        {
            string others = string.Join(", ", field.Probabilities.Take(ShownLabels).Select(label => string.Create(CultureInfo.InvariantCulture, $"{label.Label} {label.Probability:P1}")));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{who,5}  {field.Name}: {field.Text}  {(others.Length > 0 ? $"[{others}]" : string.Create(CultureInfo.InvariantCulture, $"[{field.Confidence:P1}]"))}  {prediction.Elapsed.TotalMilliseconds:0} ms"));
        }
    }
}
