using System.CommandLine;
using EdgeBuild.Contracts;
using EdgeBuild.Worker.Caching;
using EdgeBuild.Worker.Distribution;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild push</c>: hands the models of a lock file to a NuGet feed.</summary>
internal static class PushVerb
{
    /// <summary>Public feeds take no more; others do.</summary>
    private const long UsualLimit = 250_000_000;

    public static Command Create()
    {
        var arguments = new ProjectArguments();
        var source = new Option<string?>("--source") { Description = "A feed of nuget.config by its name, a URL, or a folder. The defaultPushSource of nuget.config without it." };
        var apiKey = new Option<string?>("--api-key") { Description = "The feed's API key. That of nuget.config without it." };
        var command = new Command("push", "Push the models that a project's lock file names to a NuGet feed, one package each, so that builds that may not train get them with 'edgebuild pull'. Rows and reports are not in the packages.");
        arguments.AddTo(command);
        command.Options.Add(source);
        command.Options.Add(apiKey);
        command.SetAction(async (parseResult, cancellationToken) =>
        {
            LockedProject project = LockedProject.Find(parseResult.GetValue(arguments.Project));
            var cache = new ArtifactCache(CacheFolder.Resolve(parseResult.GetValue(arguments.Cache)));
            var feeds = new PackageFeeds(project.Directory);
            string work = Directory.CreateTempSubdirectory("edgebuild-push-").FullName;
            try
            {
                foreach (ModelPackage package in project.Packages(parseResult.GetValue(arguments.Prefix), parseResult.GetRequiredValue(arguments.Models)))
                {
                    string name = package.Artifact.Name;
                    string entry = cache.ModelDirectory(package.Artifact.ModelKey);
                    if (!package.Artifact.IsIn(entry, cancellationToken))
                    {
                        throw new EdgeBuildException(
                            ErrorCodes.ArtifactMissingWhenLocked, $"'{name}' of the lock file is not in the cache. Build once with EdgeBuildTraining=Auto, or name the cache with --cache.", entry);
                    }

                    string file = Path.Combine(work, $"{package.Identity.Id}.{package.Identity.Version}.nupkg");
                    package.Write(entry, file);
                    long size = new FileInfo(file).Length;
                    if (size > UsualLimit)
                    {
                        Console.WriteLine($"{name}: the package has {ByteSize.Format(size)}; public feeds take 250 MB. Use a feed of your own, a folder, or a smaller Quantization.");
                    }

                    string feed = await feeds.PushAsync(file, parseResult.GetValue(source), parseResult.GetValue(apiKey), cancellationToken);
                    Console.WriteLine($"{name}: {package.Identity.Id} {package.Identity.Version} ({ByteSize.Format(size)}) is in '{feed}'.");
                }
            }
            finally
            {
                Directory.Delete(work, recursive: true);
            }

            return 0;
        });
        return command;
    }
}
