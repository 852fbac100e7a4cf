using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeBuild.Generators.Tests;

[TestClass]
public sealed class IncrementalTests
{
    private static readonly ProjectFile _prompt = ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage);
    private static readonly ProjectFile _other = ProjectFile.Prompt("/app/sort.prompty", PromptText.Open);
    private static readonly ProjectFile _lock = ProjectFile.Lock(PromptText.LockWithLabels("a", "b"));

    private readonly CSharpCompilation _compilation = GeneratedProject.CreateCompilation(string.Empty);
    private readonly GeneratedProject _first = GeneratedProject.Run(_prompt, _other, _lock);

    [TestMethod]
    public void Change_of_C_sharp_code_runs_no_step_again()
    {
        CSharpCompilation changed = _compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("internal class New;", GeneratedProject.ParseOptions));
        GeneratedProject second = GeneratedProject.Run(_first.Driver, changed);
        Assert.Contains(TrackingNames.Clients, second.Result.TrackedSteps.Keys);
        foreach ((string step, ImmutableArray<IncrementalGeneratorRunStep> runs) in second.Result.TrackedSteps.Where(step => step.Key != "Compilation"))
        {
            Assert.IsTrue(runs.SelectMany(run => run.Outputs).All(output => output.Reason == IncrementalStepRunReason.Cached), step);
        }

        AssertOutputs(second, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
    }

    [TestMethod]
    public void Change_of_one_of_many_prompts_writes_one_client()
    {
        ProjectFile[] prompts = [.. Enumerable.Range(0, 100).Select(index => Numbered(index, "Loopdesk"))];
        GeneratedProject first = GeneratedProject.Run([.. prompts, _lock]);
        GeneratedProject second = GeneratedProject.Run(first.Driver.ReplaceAdditionalText(prompts[42], Numbered(42, "Deskloop")), _compilation);
        Assert.HasCount(100, second.FileNames);
        string[] steps = [TrackingNames.PromptFiles, TrackingNames.Parsed, TrackingNames.Sources, TrackingNames.Outcomes, TrackingNames.Clients];
        foreach (string step in steps)
        {
            IncrementalStepRunReason[] reasons = [.. second.Result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];
            Assert.HasCount(100, reasons);
            Assert.AreEqual(IncrementalStepRunReason.Modified, reasons[42], step);
            Assert.AreEqual(99, reasons.Count(reason => reason == IncrementalStepRunReason.Cached), step);
        }

        AssertReasons(second, TrackingNames.TakenTypes, IncrementalStepRunReason.Cached);
        AssertOutputs(second, [.. Enumerable.Range(0, 100).Select(index => index == 42 ? IncrementalStepRunReason.Modified : IncrementalStepRunReason.Cached)]);
    }

    [TestMethod]
    public void Removed_prompt_leaves_the_others_alone_and_frees_its_types()
    {
        ProjectFile second = ProjectFile.Prompt("/app/z.prompty", PromptText.Triage);
        GeneratedProject both = GeneratedProject.Run(_prompt, _other, second, _lock);
        Assert.AreEqual("EDGE0003", both.Findings.Single().Id);
        GeneratedProject rest = GeneratedProject.Run(both.Driver.RemoveAdditionalTexts([_prompt]), _compilation);
        Assert.IsEmpty(rest.Findings);
        Assert.AreSequenceEqual(["TicketTriage.Sort.g.cs", "TicketTriage.Triage.g.cs"], rest.FileNames.Order(StringComparer.Ordinal));
        IncrementalStepRunReason[] reasons = [.. rest.Result.TrackedSteps[TrackingNames.Clients].SelectMany(run => run.Outputs).Select(output => output.Reason)];
        Assert.Contains(IncrementalStepRunReason.Cached, reasons);
    }

    [TestMethod]
    public void Saving_without_a_change_writes_nothing()
    {
        GeneratedProject second = GeneratedProject.Run(
            _first.Driver.ReplaceAdditionalText(_prompt, ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage)),
            _compilation);
        AssertReasons(second, TrackingNames.PromptFiles, IncrementalStepRunReason.Unchanged, IncrementalStepRunReason.Cached);
        AssertOutputs(second, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
    }

    [TestMethod]
    public void Change_of_one_prompt_writes_one_client()
    {
        ProjectFile changed = ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage.Replace("Loopdesk", "Deskloop", StringComparison.Ordinal));
        GeneratedProject second = GeneratedProject.Run(_first.Driver.ReplaceAdditionalText(_prompt, changed), _compilation);
        AssertReasons(second, TrackingNames.PromptFiles, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached);
        AssertOutputs(second, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached);
        Assert.Contains("Deskloop", second["TicketTriage.Triage.g.cs"]);
    }

    [TestMethod]
    public void Score_in_the_lock_file_writes_only_the_client_it_belongs_to()
    {
        string text = PromptText.LockWithLabels("a", "b").Replace(
            "\"metrics\": {}",
            "\"metrics\": { \"sort/topic\": { \"accuracy\": 0.5, \"macroF1\": 0.5, \"rows\": 10, \"baseAccuracy\": 0.1, \"rowsHash\": \"0\" } }",
            StringComparison.Ordinal);
        GeneratedProject second = GeneratedProject.Run(_first.Driver.ReplaceAdditionalText(_lock, ProjectFile.Lock(text)), _compilation);
        AssertReasons(second, TrackingNames.Lock, IncrementalStepRunReason.Modified);
        AssertOutputs(second, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Modified);
        Assert.Contains("50.0 % of 10 test rows", second["TicketTriage.Sort.g.cs"]);
    }

    [TestMethod]
    public void Lock_file_with_other_keys_writes_nothing()
    {
        string text = PromptText.LockWithLabels("a", "b").Replace(
            "\"models\": {}",
            "\"models\": { \"Support\": { \"key\": \"1\", \"adapterKey\": \"2\", \"sha256\": \"3\", \"quantization\": \"Q4_0\", \"base\": \"b\", \"baseSha256\": \"4\", \"license\": \"MIT\" } }",
            StringComparison.Ordinal);
        GeneratedProject second = GeneratedProject.Run(_first.Driver.ReplaceAdditionalText(_lock, ProjectFile.Lock(text)), _compilation);
        AssertReasons(second, TrackingNames.Lock, IncrementalStepRunReason.Cached);
        AssertOutputs(second, IncrementalStepRunReason.Cached, IncrementalStepRunReason.Cached);
    }

    [TestMethod]
    public void Warning_in_a_prompt_that_moves_leaves_the_source_pipeline_of_others_alone()
    {
        ProjectFile warned = ProjectFile.Prompt("/app/triage.prompty", PromptText.Triage + "User:\n");
        GeneratedProject second = GeneratedProject.Run(_first.Driver.ReplaceAdditionalText(_prompt, warned), _compilation);
        Assert.AreEqual("EDGE1006", second.Findings.Single().Id);
        AssertOutputs(second, IncrementalStepRunReason.Modified, IncrementalStepRunReason.Cached);

        GeneratedProject third = GeneratedProject.Run(second.Driver, _compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("internal class New;", GeneratedProject.ParseOptions)));
        Assert.AreEqual("EDGE1006", third.Findings.Single().Id);
        AssertReasons(third, TrackingNames.Findings, IncrementalStepRunReason.Cached);
    }

    [TestMethod]
    public void Moved_project_generates_the_same_text()
    {
        GeneratedProject moved = GeneratedProject.Run(ProjectFile.Prompt("/elsewhere/triage.prompty", PromptText.Triage));
        Assert.AreEqual(_first["TicketTriage.Triage.g.cs"], moved["TicketTriage.Triage.g.cs"]);
    }

    private static ProjectFile Numbered(int index, string product) => ProjectFile.Prompt(
        $"/app/triage{index}.prompty",
        PromptText.Triage.Replace("name: triage", $"name: triage-{index}", StringComparison.Ordinal).Replace("Loopdesk", product, StringComparison.Ordinal));

    private static void AssertReasons(GeneratedProject project, string step, params IncrementalStepRunReason[] expected)
    {
        IncrementalStepRunReason[] reasons = [.. project.Result.TrackedSteps[step].SelectMany(run => run.Outputs).Select(output => output.Reason)];
        Assert.AreSequenceEqual(expected, reasons, string.Join(", ", reasons));
    }

    /// <summary>The reasons of the generated files, in the order of the prompt files.</summary>
    private static void AssertOutputs(GeneratedProject project, params IncrementalStepRunReason[] expected)
    {
        AssertReasons(project, TrackingNames.Clients, expected);
        ImmutableArray<IncrementalGeneratorRunStep> sources = [.. project.Result.TrackedOutputSteps.SelectMany(step => step.Value)
            .Where(run => run.Inputs.Any(input => input.Source.Name == TrackingNames.Clients))];
        Assert.HasCount(expected.Length, sources);
        Assert.AreSequenceEqual(expected, sources.Select(source => source.Outputs.Single().Reason));
    }
}
