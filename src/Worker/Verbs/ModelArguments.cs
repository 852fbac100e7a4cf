using System.CommandLine;
using EdgeBuild.Contracts.Plans;

namespace EdgeBuild.Worker.Verbs;

/// <summary>The arguments of verbs that work on a built model.</summary>
internal sealed class ModelArguments
{
    private readonly Argument<string?> _model = new("model")
    {
        Description = "The EdgeModel; not needed when the project has one only.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _project = new("--project", "-p")
    {
        Description = "The project, or its folder.",
        DefaultValueFactory = _ => Environment.CurrentDirectory,
    };

    /// <summary>Adds them to a verb.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_model);
        command.Options.Add(_project);
    }

    /// <summary>Finds the model.</summary>
    public BuiltModel Find(ParseResult parsed) => BuiltModel.Find(parsed.GetRequiredValue(_project), parsed.GetValue(_model));

    /// <summary>Finds the plan of the model, which need not be built.</summary>
    public TrainingPlan FindPlan(ParseResult parsed) => BuiltModel.FindPlan(parsed.GetRequiredValue(_project), parsed.GetValue(_model));
}
