using System.Diagnostics;
using System.Text.RegularExpressions;

namespace EdgeBuild.Tests.Shared;

/// <summary>An ASP.NET Core app as a process of its own, on a free port; ended when it is disposed.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string address)
    {
        _process = process;
        Address = address;
    }

    /// <summary>Gets the address that it listens on, without a slash at the end.</summary>
    public string Address { get; }

    /// <summary>Starts an app and waits until it listens.</summary>
    /// <param name="app">The assembly.</param>
    /// <param name="directory">The working directory.</param>
    /// <param name="arguments">Arguments beside the address.</param>
    /// <param name="cancellationToken">Ends the waiting, and the app with it.</param>
    /// <exception cref="InvalidOperationException">The app has ended; the message is what it wrote.</exception>
    public static async Task<ServerProcess> StartAsync(string app, string directory, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        Process process = Process.Start(new ProcessStartInfo("dotnet", [app, .. arguments, "--urls", "http://127.0.0.1:0"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        })!;
        try
        {
            return new ServerProcess(process, await AddressAsync(process, cancellationToken));
        }
        catch
        {
            await EndAsync(process);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAsync(_process);

    private static async Task<string> AddressAsync(Process process, CancellationToken cancellationToken)
    {
        // Both streams are read to their ends, so that a full pipe never stops the app.
        Task<string> errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var lines = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            lines.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException(string.Join('\n', lines) + await errors);
    }

    private static async Task EndAsync(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    [GeneratedRegex("Now listening on: (http://[^ ]+)")]
    private static partial Regex Listening();
}
