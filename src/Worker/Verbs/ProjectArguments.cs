using System.CommandLine;

namespace EdgeBuild.Worker.Verbs;

/// <summary>What push and pull are told alike.</summary>
internal sealed class ProjectArguments
{
    public Argument<string?> Project { get; } = new("project") { Description = "A project, its folder or its lock file; the current folder without it.", Arity = ArgumentArity.ZeroOrOne };

    public Option<string[]> Models { get; } = new("--model") { Description = "Only this model or adapter; may be given several times. All of the lock file without it.", DefaultValueFactory = _ => [] };

    public Option<string?> Prefix { get; } = new("--id") { Description = "What the ids of the packages begin with, before the model's name. PROJECT.EdgeModel without it." };

    public Option<string?> Cache { get; } = CacheVerb.CacheOption();

    public void AddTo(Command command)
    {
        command.Arguments.Add(Project);
        command.Options.Add(Models);
        command.Options.Add(Prefix);
        command.Options.Add(Cache);
    }
}
