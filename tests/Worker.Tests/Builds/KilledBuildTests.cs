using System.Diagnostics;
using System.Globalization;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Tests.Builds;

/// <summary>Builds and workers that are killed at random moments, from the first look at the project to the last copied file.</summary>
[TestClass]
[DoNotParallelize]
public sealed class KilledBuildTests
{
    /// <summary>Sets another number of kills, for a longer look.</summary>
    private const string CountVariable = "EDGEBUILD_TEST_KILLS";

    private const int UsualCount = 8;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void After_kills_at_random_moments_one_build_makes_what_an_undisturbed_one_makes()
    {
        int count = int.Parse(System.Environment.GetEnvironmentVariable(CountVariable) ?? UsualCount.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        using var build = new RealBuild();
        string project = build.AddProject("App", epochs: 6);
        build.Cache = build.PathOf("whole");
        build.FixChoices("App");
        var watch = Stopwatch.StartNew();
        build.Run(0, "build", project, "--no-restore");
        TimeSpan duration = watch.Elapsed;
        string lockText = build.LockFileOf("App").ToText();
        string hash = ContentKey.OfFile(build.ShippedModelOf("App"));
        string[] entries = Entries(build.Cache);

        build.Cache = build.PathOf("killed");
        var random = new Random(3);
        int workers = 0;
        for (int kill = 0; kill < count; kill++)
        {
            StartAnew(build);
            using Process process = build.Start("build", project, "--no-restore", "-m:1");
            _ = process.StandardOutput.ReadToEndAsync();
            _ = process.StandardError.ReadToEndAsync();
            process.WaitForExit((int)(random.NextDouble() * duration.TotalMilliseconds));
            int[] worker = Workers(build);
            workers += worker.Length;

            // Mostly the build, of which the worker takes notice; every third time the worker, of which the build does.
            Kill(kill % 3 == 2 && worker.Length > 0 ? worker[0] : process.Id);
            process.WaitForExit();
            SpinWait.SpinUntil(() => Workers(build).Length == 0, TimeSpan.FromMinutes(1));
        }

        build.Run(0, "build", project, "--no-restore");

        TestContext.WriteLine($"{count} kills, {workers} of them while a worker ran; an undisturbed build takes {duration.TotalSeconds:0.0} s");
        Assert.IsGreaterThan(0, workers);
        Assert.AreEqual(lockText, build.LockFileOf("App").ToText());
        Assert.AreEqual(hash, ContentKey.OfFile(build.ShippedModelOf("App")));
        CollectionAssert.AreEqual(entries, Entries(build.Cache));
    }

    /// <summary>What a finished build has made is made again; what a killed one has left stays.</summary>
    private static void StartAnew(RealBuild build)
    {
        if (Directory.Exists(Path.Combine(build.Cache, "models")) && Directory.GetDirectories(Path.Combine(build.Cache, "models")).Any(entry => !entry.Contains(".tmp-", StringComparison.Ordinal)))
        {
            Directory.Delete(build.Cache, recursive: true);
        }

        if (!Directory.Exists(Path.Combine(build.Cache, "checkpoints")))
        {
            build.FixChoices("App");
        }
    }

    private static string[] Entries(string cache) =>
    [
        .. new[] { "models", "adapters" }.SelectMany(kind => Directory.GetDirectories(Path.Combine(cache, kind))).Where(entry => !entry.Contains(".tmp-", StringComparison.Ordinal))
            .SelectMany(entry => Directory.GetFiles(entry, "*.gguf")).Select(file => Path.GetRelativePath(cache, file) + " " + ContentKey.OfFile(file)).Order(StringComparer.Ordinal),
    ];

    private static int[] Workers(RealBuild build) => [.. Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Where(name =>
    {
        try
        {
            string command = File.ReadAllText($"/proc/{name}/cmdline");
            return command.Contains(build.Folder, StringComparison.Ordinal) && command.Contains("edgebuild.dll\0train", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }).Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static void Kill(int process)
    {
        try
        {
            using var victim = Process.GetProcessById(process);
            victim.Kill();
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // It had come to its end.
        }
    }
}
