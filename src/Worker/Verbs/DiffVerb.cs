using System.CommandLine;
using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild diff OLD NEW</c>: which test rows two versions of a model answer differently.</summary>
internal static class DiffVerb
{
    public static Command Create()
    {
        var old = new Argument<string>("old") { Description = "The key of a model, its first digits, or the folder of its cache entry." };
        var current = new Argument<string>("new") { Description = "The same of the other version." };
        var cache = new Option<string>("--cache")
        {
            Description = "The cache.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("EDGEBUILD_CACHE") is { Length: > 0 } folder ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".edgebuild"),
        };
        var command = new Command("diff", "Compare the answers of two versions of a model, row by row.") { old, current, cache };
        command.SetAction(parsed =>
        {
            string folder = parsed.GetRequiredValue(cache);
            Write(Read(folder, parsed.GetRequiredValue(old)), Read(folder, parsed.GetRequiredValue(current)));
            return 0;
        });
        return command;
    }

    private static void Write(EvaluationRecord old, EvaluationRecord current)
    {
        foreach (OutputEvaluation output in current.Shipped)
        {
            if (output.In(old.Shipped) is not { } before)
            {
                Console.WriteLine($"{output.Prompt}/{output.Output}: new");
                continue;
            }

            var pairs = PairedComparison.Of(output.Outcomes, before.Outcomes);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{output.Prompt}/{output.Output}: {pairs.Rows} rows in both, {pairs.Lost} lost, {pairs.Gained} gained, {pairs.Difference:+0.0 %;-0.0 %;0.0 %} ({pairs.Interval.Low:P1} to {pairs.Interval.High:P1}), p = {pairs.PValue:0.0000}"));
            foreach (RowChange change in RowChange.Between(output, before).OrderBy(change => change.IsGain))
            {
                Console.WriteLine($"  {(change.IsGain ? '+' : '-')} {change.Now.File}({change.Now.Line}): expected '{change.Now.Expected}', before '{change.Before.Predicted}', now '{change.Now.Predicted}'");
            }
        }
    }

    private static EvaluationRecord Read(string cache, string name)
    {
        string models = Path.Combine(cache, CacheLayout.ModelsFolder);
        string[] found = Directory.Exists(name) ? [name] : name.Length > 0 && name.All(char.IsAsciiHexDigit) && Directory.Exists(models) ? Directory.GetDirectories(models, name.ToLowerInvariant() + "*") : [];
        EvaluationRecord? record = found is [string only] ? EvaluationRecord.Read(only) : null;
        return record ?? throw new EdgeBuildException(
            ErrorCodes.ModelNotBuilt,
            found.Length > 1 ? $"Several models of the cache begin with '{name}'. Give more digits." : $"There are no figures of a model '{name}' in the cache '{cache}'. Build the project, or name the folder of an entry.");
    }
}
