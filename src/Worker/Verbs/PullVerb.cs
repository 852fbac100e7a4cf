using System.CommandLine;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Distribution;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild pull</c>: brings the models of a lock file from NuGet feeds into the cache.</summary>
internal static class PullVerb
{
    public static Command Create()
    {
        var arguments = new ProjectArguments();
        var source = new Option<string?>("--source") { Description = "A feed of nuget.config by its name, a URL, or a folder. All feeds of nuget.config without it." };
        var command = new Command("pull", "Bring the models that a project's lock file names from NuGet feeds into the cache, so that a build with EdgeBuildTraining=Locked finds them. What is there already is not fetched.");
        arguments.AddTo(command);
        command.Options.Add(source);
        command.SetAction(async (parseResult, cancellationToken) =>
        {
            LockedProject project = LockedProject.Find(parseResult.GetValue(arguments.Project));
            string root = CacheFolder.Resolve(parseResult.GetValue(arguments.Cache));
            StorageFailure.CreateCache(root);
            foreach (ModelPackage package in project.Packages(parseResult.GetValue(arguments.Prefix), parseResult.GetRequiredValue(arguments.Models)))
            {
                Console.WriteLine($"{package.Artifact.Name}: {await PullAsync(project, root, package, parseResult.GetValue(source), cancellationToken)}");
            }

            return 0;
        });
        return command;
    }

    private static async Task<string> PullAsync(
        LockedProject project, string root, ModelPackage package, string? source, CancellationToken cancellationToken)
    {
        var cache = new ArtifactCache(root);
        string directory = cache.ModelDirectory(package.Artifact.ModelKey);

        // The lock of a training of the same key: neither may put its entry in place while the other looks.
        using IDisposable held = await cache.LockAsync(package.Artifact.LockKey, () => { }, cancellationToken);
        if (package.Artifact.IsIn(directory, cancellationToken))
        {
            ArtifactCache.MarkUsed(directory);
            return "is in the cache.";
        }

        new CacheOwners(root).Record(package.Artifact.Name, CacheOwners.Model(package.Artifact.ModelKey));
        using PendingEntry entry = ArtifactCache.Begin(directory);
        string file = entry.PathOf("package.nupkg");
        string feed = await new PackageFeeds(project.Directory).DownloadAsync(package.Identity, source, file, cancellationToken);
        await package.ReadAsync(file, entry, cancellationToken);
        File.Delete(file);
        entry.Commit();
        return $"{package.Identity.Id} {package.Identity.Version} came from '{feed}'.";
    }
}
