using System.CommandLine;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild train PLAN.json</c>: makes one model, from base to artifact.</summary>
internal static class TrainVerb
{
    public static Command Create()
    {
        var plan = new Argument<FileInfo>("plan") { Description = "The plan.json that a build has written to obj/edge." };
        plan.AcceptExistingOnly();
        var command = new Command("train", "Train, evaluate and quantize the model of a plan, and put it into the cache.") { plan };
        command.SetAction((parseResult, cancellationToken) => RunAsync(parseResult.GetRequiredValue(plan), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, CancellationToken cancellationToken)
    {
        using var progress = ProgressReporter.ForConsole();
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ParentProcess.CancelWhenGone(cancellation);
        TrainingPlan plan = TrainingPlan.Parse(await File.ReadAllTextAsync(file.FullName, cancellation.Token));
        StorageFailure.CreateCache(plan.CacheDirectory);
        ProcessorCores.Limit = plan.ThreadLimit;
        bool succeeded = await new PlanRun(plan, progress).RunAsync(cancellation.Token);
        if (CachePruning.Enforce(plan.CacheDirectory, plan.CacheLimit) is { } pruned)
        {
            progress.Message($"{plan.Name}: {pruned}");
        }

        return succeeded ? 0 : 1;
    }
}
