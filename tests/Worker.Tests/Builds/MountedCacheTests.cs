using System.Diagnostics;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Tests.Builds;

/// <summary>Caches on file systems that refuse, which no permission can stand for where tests run as root: mounted read-only, and full.</summary>
[TestClass]
[DoNotParallelize]
[OSCondition(OperatingSystems.Linux)]
public sealed class MountedCacheTests
{
    private static readonly string[][] _waysToMount = [["--mount"], ["--map-root-user", "--mount"]];

    [TestMethod]
    public void A_read_only_cache_gives_what_it_has_and_a_new_model_is_one_error()
    {
        string[] unshare = RequireMounts();
        using var build = new RealBuild();
        string project = build.AddProject("App");
        build.Run(0, "build", project);
        string trained = ContentKey.OfFile(build.ShippedModelOf("App"));
        string lockText = build.LockFileOf("App").ToText();
        string mount = $"mount --bind '{build.Cache}' '{build.Cache}' && mount -o remount,bind,ro '{build.Cache}'";

        foreach (string mode in new[] { "Locked", "Auto" })
        {
            Directory.Delete(build.PathOf("App/bin"), recursive: true);
            Directory.Delete(build.PathOf("App/obj/edge"), recursive: true);
            string output = Run(build, unshare, mount, 0, "build", project, "--no-restore", "-p:EdgeBuildTraining=" + mode);
            Assert.DoesNotContain("warning", output.Replace("0 Warning(s)", string.Empty, StringComparison.Ordinal));
            Assert.AreEqual(trained, ContentKey.OfFile(build.ShippedModelOf("App")), mode);
            Assert.AreEqual(lockText, build.LockFileOf("App").ToText(), mode);
        }

        build.AddProject("App", seed: 2);
        AssertOneStorageError(Run(build, unshare, mount, 1, "build", project, "--no-restore"));
        Assert.AreEqual(lockText, build.LockFileOf("App").ToText());
        build.Run(0, "build", project, "--no-restore");
    }

    /// <summary>The disk is full at different moments: while libtorch is prepared or the adapter written, and while the model is.</summary>
    [TestMethod]
    [DataRow("200k")]
    [DataRow("1200k")]
    [DataRow("2400k")]
    public void A_full_cache_is_one_error_and_the_next_build_with_room_goes_on(string size)
    {
        string[] unshare = RequireMounts();
        using var build = new RealBuild();
        string project = build.AddProject("App");
        Directory.CreateDirectory(build.Cache);
        AssertOneStorageError(Run(build, unshare, $"mount -t tmpfs -o size={size} tmpfs '{build.Cache}'", 1, "build", project));
        Assert.IsFalse(File.Exists(build.ShippedModelOf("App")));

        build.Run(0, "build", project, "--no-restore");
        Assert.IsTrue(File.Exists(build.ShippedModelOf("App")));
    }

    private static void AssertOneStorageError(string output)
    {
        string[] errors = [.. output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct()];
        Assert.HasCount(1, errors, output);
        Assert.Contains("App.csproj(", errors[0]);
        Assert.Contains($"error {ErrorCodes.StorageFailed}: ", errors[0]);
    }

    /// <summary>Runs a command that sees mounts which nobody else sees, and which end with it.</summary>
    private static string Run(RealBuild build, string[] unshare, string mount, int expected, params string[] arguments)
    {
        using Process process = build.StartProgram("unshare", [.. unshare, "--", "sh", "-c", mount + " && exec dotnet \"$@\"", "sh", .. arguments]);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.AreEqual(expected, process.ExitCode, output);
        return output;
    }

    private static string[] RequireMounts()
    {
        foreach (string[] way in _waysToMount)
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo("unshare", [.. way, "--", "mount", "-t", "tmpfs", "tmpfs", Path.GetTempPath()]) { RedirectStandardError = true })!;
                process.WaitForExit();
                if (process.ExitCode == 0)
                {
                    return way;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                break;
            }
        }

        Assert.Inconclusive("This user may not mount file systems, not even in a namespace of its own.");
        return [];
    }
}
