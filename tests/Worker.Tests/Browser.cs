using System.Formats.Tar;
using System.IO.Compression;
using Microsoft.Playwright;

namespace EdgeBuild.Worker.Tests;

/// <summary>A headless Chromium: an installed one, or else the one that an npm package carries, which needs no system package.</summary>
internal static class Browser
{
    private static readonly string[] _installed = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge"];

    /// <summary>Starts the browser.</summary>
    /// <param name="playwright">Drives it.</param>
    /// <returns>The browser.</returns>
    public static async Task<IBrowser> LaunchAsync(IPlaywright playwright)
    {
        string? path = Environment.GetEnvironmentVariable("EDGEBUILD_TEST_BROWSER") is { Length: > 0 } named ? named : FindInstalled();
        Dictionary<string, string> environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);
        if (path is null or "npm")
        {
            if (!OperatingSystem.IsLinux())
            {
                Assert.Inconclusive("No Chromium is installed, and the one of npm is for Linux.");
            }

            string folder = await NpmFolder.FetchAsync("browser", UnpackAsync);
            path = Path.Combine(folder, "chromium");
            environment["LD_LIBRARY_PATH"] = Path.Combine(folder, "lib");
            environment["FONTCONFIG_PATH"] = Path.Combine(folder, "fonts");
        }

        return await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = path,
            Env = environment,
            Args = ["--no-sandbox", "--disable-gpu", "--font-render-hinting=none", "--no-zygote"],
        });
    }

    private static string? FindInstalled() => (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
        .SelectMany(folder => _installed.SelectMany(name => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") }))
        .FirstOrDefault(File.Exists);

    /// <summary>Unpacks what the package carries.</summary>
    private static async Task UnpackAsync(string folder)
    {
        string packed = Path.Combine(folder, "node_modules", "@sparticuz", "chromium", "bin");
        string chromium = Path.Combine(folder, "chromium");
        await using (var source = new BrotliStream(File.OpenRead(Path.Combine(packed, "chromium.br")), CompressionMode.Decompress))
        await using (FileStream target = File.Create(chromium))
        {
            await source.CopyToAsync(target);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(chromium, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        foreach (string archive in new[] { "al2023.tar.br", "fonts.tar.br", "swiftshader.tar.br" })
        {
            await using var source = new BrotliStream(File.OpenRead(Path.Combine(packed, archive)), CompressionMode.Decompress);
            await TarFile.ExtractToDirectoryAsync(source, folder, overwriteFiles: true);
        }
    }
}
