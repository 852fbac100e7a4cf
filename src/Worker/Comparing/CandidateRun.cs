using System.Diagnostics;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Evaluation;

namespace EdgeBuild.Worker.Comparing;

/// <summary>
/// Trains a candidate in a process of its own, as a build would: what one base takes of memory is gone before the next one is loaded, and one that
/// crashes ends no comparison.
/// </summary>
/// <param name="report">Receives each line of the worker.</param>
public sealed class CandidateRun(Action<string> report)
{
    /// <summary>Trains and measures; what is in the cache is not trained again.</summary>
    /// <param name="plan">The plan of the candidate.</param>
    /// <param name="cancellationToken">Ends the training; the next one goes on.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="EdgeBuildException">EDGE9002: the training failed; its errors were reported.</exception>
    public async Task<EvaluationRecord> RunAsync(TrainingPlan plan, CancellationToken cancellationToken)
    {
        string entry = new ArtifactCache(plan.CacheDirectory).ModelDirectory(plan.ModelKey);
        if (!ArtifactCache.IsComplete(entry))
        {
            string folder = Directory.CreateTempSubdirectory("edgebuild-bases-").FullName;
            try
            {
                string path = Path.Combine(folder, "candidate.plan.json");
                await File.WriteAllTextAsync(path, plan.ToText(), cancellationToken);
                await TrainAsync(path, cancellationToken);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        return EvaluationRecord.Read(entry) ?? throw new EdgeBuildException(ErrorCodes.WorkerNotStarted, $"The training on '{plan.Base.Name}' left no figures. Its errors stand above.");
    }

    private async Task TrainAsync(string planPath, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(CandidateRun).Assembly.Location, "train", planPath]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (KeyValuePair<string, string> variable in WorkerEnvironment.Variables)
        {
            start.Environment[variable.Key] = variable.Value;
        }

        using Process process = Process.Start(start)!;
        try
        {
            while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
            {
                report(line);
            }

            await process.WaitForExitAsync(cancellationToken);
        }
        finally
        {
            // The worker ends by itself when its standard input does, and keeps a checkpoint.
            process.StandardInput.Close();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        if (process.ExitCode != 0)
        {
            throw new EdgeBuildException(ErrorCodes.WorkerNotStarted, "The training failed; its errors stand above.");
        }
    }
}
