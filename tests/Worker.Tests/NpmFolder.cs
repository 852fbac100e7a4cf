using System.Diagnostics;
using EdgeBuild.Contracts;

namespace EdgeBuild.Worker.Tests;

/// <summary>Packages of npm as a lock in tests/Worker.Tests/npm pins them, fetched once per machine into EdgeBuild's cache.</summary>
internal static class NpmFolder
{
    /// <summary>Fetches the packages of a lock.</summary>
    /// <param name="name">The folder of the lock.</param>
    /// <param name="prepare">Unpacks what is in the packages; gets the folder.</param>
    /// <returns>The folder with node_modules and the lock's other files.</returns>
    public static async Task<string> FetchAsync(string name, Func<string, Task>? prepare = null)
    {
        string lockFolder = Path.Combine(RepositoryFiles.Root, "tests", "Worker.Tests", "npm", name);
        string cache = Environment.GetEnvironmentVariable("EDGEBUILD_CACHE") is { Length: > 0 } given ? given : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".edgebuild");
        string folder = Path.Combine(cache, "test-packages", $"{name}-{ContentKey.OfFile(Path.Combine(lockFolder, "package-lock.json"))[..16]}");
        if (!Directory.Exists(folder))
        {
            string work = folder + "." + Path.GetRandomFileName();
            Directory.CreateDirectory(work);
            CopyFiles(lockFolder, work);

            // Optional packages are those of other platforms and of GPUs.
            (int exitCode, string output) = await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--omit=peer"], work, string.Empty);
            Assert.AreEqual(0, exitCode, output);
            await (prepare?.Invoke(work) ?? Task.CompletedTask);

            // Another test process may have been faster.
            if (!Directory.Exists(folder))
            {
                Directory.Move(work, folder);
            }
        }

        CopyFiles(lockFolder, folder);
        return folder;
    }

    /// <summary>Runs a script of a lock's folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="script">The script.</param>
    /// <param name="input">Its standard input.</param>
    /// <returns>Its standard output.</returns>
    public static async Task<string> RunScriptAsync(string folder, string script, string input)
    {
        (int exitCode, string output) = await RunAsync("node", [script], folder, input);
        Assert.AreEqual(0, exitCode, output);
        return output;
    }

    private static void CopyFiles(string source, string target)
    {
        foreach (string file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, string[] arguments, string folder, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + await errors);
    }
}
