using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.LanguageServer.Models;
using EdgeBuild.LanguageServer.Protocol;
using EdgeBuild.Prompts;

namespace EdgeBuild.LanguageServer.Features;

/// <summary>A prompt as the editor holds it, with values for its inputs, as a question to the model of its project.</summary>
internal sealed class PromptQuestion
{
    private readonly string _source;
    private readonly string _prompt;
    private readonly bool _withBase;
    private readonly IReadOnlyList<AskedValue> _inputs;
    private readonly IReadOnlyList<AskedValue> _expected;
    private readonly string? _file;
    private readonly int _line;

    private PromptQuestion(PromptFile file, TrainingPlan? plan, string prompt, bool withBase, IReadOnlyList<AskedValue> inputs, IReadOnlyList<AskedValue> expected, string? dataset, int line, string? problem)
    {
        _source = file.Document.Text;
        _prompt = prompt;
        _withBase = withBase;
        _inputs = inputs;
        _expected = expected;
        _file = dataset;
        _line = line;
        Plan = plan;
        Problem = problem;
    }

    /// <summary>Gets the plan of the model; null when there is a problem.</summary>
    public TrainingPlan? Plan { get; }

    /// <summary>Gets why the question cannot be asked.</summary>
    public string? Problem { get; }

    /// <summary>Makes the question.</summary>
    /// <param name="file">The prompt.</param>
    /// <param name="row">The row of its datasets whose values are taken, from 0.</param>
    /// <param name="given">Values that take the place of those of the row, by input.</param>
    /// <param name="withBase">Whether the untuned base is asked too.</param>
    public static PromptQuestion From(PromptFile file, int row, IReadOnlyDictionary<string, string>? given, bool withBase)
    {
        PromptQuestion Refuse(string problem) => new(file, null, string.Empty, withBase, [], [], null, 0, problem);
        if (PromptRendering.Compile(file, out string? problem) is not { } compiled)
        {
            return Refuse(problem!);
        }

        if (file.Project?.PlansOfPrompt(file.Path).FirstOrDefault().Plan is not { } plan)
        {
            return Refuse("No project has this prompt. Add an EdgePrompt item, and build.");
        }

        PromptDocument document = compiled.Document;
        (DatasetRecord? record, PlannedDataset? dataset) = PromptRendering.Row(file, row);
        string? Value(string name) => given?.GetValueOrDefault(name) ?? record?.Find(name)?.Text;
        if (document.Inputs.FirstOrDefault(input => Value(input.Name) is null) is { } missing)
        {
            return Refuse(record is null ? "There is no such row, and not all inputs are given." : $"The row has no value for the input '{missing.Name}'.");
        }

        bool ofRow = record is not null && given is not { Count: > 0 };
        return new PromptQuestion(
            file,
            plan,
            document.Name,
            withBase,
            [.. document.Inputs.Select(input => new AskedValue(input.Name, Value(input.Name)!))],
            ofRow ? [.. document.Outputs.Select(output => (output.Name, Field: record!.Find(output.Name))).Where(entry => entry.Field is not null).Select(entry => new AskedValue(entry.Name, entry.Field!.Text))] : [],
            ofRow ? dataset!.Path : null,
            ofRow ? record!.Position.Line : 0,
            null);
    }

    /// <summary>Makes what is sent to the process that asks models.</summary>
    public ModelQuestion Create(int id) => new(id, Plan!.ToText(), _prompt, _source, [.. _inputs.Select(input => input.Value)], _withBase);

    public AskedPrompt WithAnswers(IReadOnlyList<ModelAnswer> answers) => new(_file, _line, _inputs, _expected, answers, Problem);

    public AskedPrompt WithProblem(string problem) => new(_file, _line, _inputs, _expected, [], problem);
}
