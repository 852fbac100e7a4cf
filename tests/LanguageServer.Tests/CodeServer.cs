using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EdgeBuild.LanguageServer.Tests;

/// <summary>VS Code as a web server (code-server) with the extension installed, on a folder; build/install-editors.sh installs it.</summary>
internal sealed partial class CodeServer : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("edgebuild-code-").FullName;
    private Process? _process;

    /// <summary>Gets the program; null where it is not installed.</summary>
    public static string? Entry
    {
        get
        {
            string folder = Environment.GetEnvironmentVariable("EDGEBUILD_CODE_SERVER") is { Length: > 0 } given
                ? given
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share", "edgebuild", "code-server");
            string entry = Path.Combine(folder, "node_modules", "code-server", "out", "node", "entry.js");
            return File.Exists(Path.Combine(folder, "complete")) && File.Exists(entry) ? entry : null;
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="folder">The folder to open.</param>
    /// <param name="file">The file to open.</param>
    /// <param name="extension">The packed extension.</param>
    /// <returns>The address of the page.</returns>
    public async Task<string> StartAsync(string folder, string file, string extension)
    {
        string settings = Path.Combine(_home, "data", "User");
        Directory.CreateDirectory(settings);
        await File.WriteAllTextAsync(Path.Combine(settings, "settings.json"), $$"""
            {
              "edgebuild.server.path": "{{Path.Combine(AppContext.BaseDirectory, "edgebuild.dll").Replace("\\", "\\\\", StringComparison.Ordinal)}}",
              "files.autoSave": "off",
              "git.enabled": false,
              "security.workspace.trust.enabled": false,
              "workbench.startupEditor": "none",
              "workbench.tips.enabled": false,
              "telemetry.telemetryLevel": "off",
              "chat.commandCenter.enabled": false,
              "editor.minimap.enabled": false
            }
            """);
        using (Process install = Start("--install-extension", extension))
        {
            string output = await install.StandardOutput.ReadToEndAsync() + await install.StandardError.ReadToEndAsync();
            await install.WaitForExitAsync();
            Assert.AreEqual(0, install.ExitCode, output);
        }

        _process = Start("--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust", folder);
        var lines = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lines.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = _process.StandardOutput.ReadToEndAsync();
                _ = _process.StandardError.ReadToEndAsync();

                // A search for files needs ripgrep, which is not installed.
                string opened = $"[[\"openFile\",\"vscode-remote://{match.Groups[2].Value}{file}\"]]";
                return $"{match.Groups[1].Value}/?folder={Uri.EscapeDataString(folder)}&payload={Uri.EscapeDataString(opened)}";
            }
        }

        throw new InvalidOperationException(string.Join('\n', lines) + await _process.StandardError.ReadToEndAsync());
    }

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
            _process.Dispose();
        }

        Directory.Delete(_home, recursive: true);
    }

    [GeneratedRegex("HTTP server listening on (http://([^/ ]+))")]
    private static partial Regex Listening();

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(
            "node",
            [Entry!, "--user-data-dir", Path.Combine(_home, "data"), "--extensions-dir", Path.Combine(_home, "extensions"), "--config", Path.Combine(_home, "config.yaml"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
