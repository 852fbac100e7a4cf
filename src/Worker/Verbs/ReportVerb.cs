using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;
using EdgeBuild.Worker.Reporting;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild report [MODEL]</c>: names the report of a built model, opens it, and measures what a build does not wait for.</summary>
internal static class ReportVerb
{
    public static Command Create()
    {
        var model = new ModelArguments();
        var open = new Option<bool>("--open") { Description = "Open the report in the browser." };
        var full = new Option<bool>("--full") { Description = "Measure the base with examples in its prompt, the model before quantizing, and an ordinary classifier (minutes)." };
        var command = new Command("report", "Show the report of a built model.") { open, full };
        model.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            BuiltModel built = model.Find(parsed);
            await WriteAsync(built, parsed.GetValue(full), cancellationToken);
            Console.WriteLine(new Uri(built.ReportPath));
            if (parsed.GetValue(open))
            {
                Open(built.ReportPath);
            }

            return 0;
        });
        return command;
    }

    private static void Open(string path)
    {
        try
        {
            using Process? browser = Process.Start(new ProcessStartInfo(path) { UseShellExecute = true });
        }
        catch (Win32Exception)
        {
            Console.WriteLine("No browser could be started here; open the address above.");
        }
    }

    /// <summary>Draws the report anew, since what it compares with may have changed.</summary>
    private static async Task WriteAsync(BuiltModel model, bool full, CancellationToken cancellationToken)
    {
        EvaluationRecord record = model.Record;
        IReadOnlyList<TrainedPrompt> prompts = model.LoadPrompts();
        RowSet rows = model.LoadRows(prompts);
        if (full)
        {
            record = await new FullEvaluation(model, Console.WriteLine).RunAsync(prompts, rows, cancellationToken);
            record.Write(model.Directory);
        }

        ReportFile.Write(model.ReportPath, model.Plan, rows, record, model.Previous);
    }
}
