using System.Diagnostics;
using EdgeBuild.LanguageServer.Projects;

namespace EdgeBuild.LanguageServer;

/// <summary>A build that the editor has asked for. It trains what has to be trained, and writes the plans that the server reads.</summary>
/// <param name="projectFile">The project.</param>
/// <param name="report">Receives lines about models.</param>
internal sealed class ProjectBuild(string projectFile, Action<string> report)
{
    private const string ModelLine = "EdgeBuild: ";

    /// <summary>Builds.</summary>
    /// <returns>The exit code of the build, and its first error.</returns>
    public async Task<(int ExitCode, string? Error)> RunAsync(CancellationToken cancellationToken)
    {
        using Process build = DotnetCommand.Start(projectFile, ["build", projectFile, "-nologo", "-nodeReuse:false", "-v:normal", "-tl:off", "-clp:NoSummary"]);
        try
        {
            Task<string> errors = build.StandardError.ReadToEndAsync(cancellationToken);
            string? error = null;
            while (await build.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                int model = line.IndexOf(ModelLine, StringComparison.Ordinal);
                if (model >= 0)
                {
                    report(line[(model + ModelLine.Length)..].Trim());
                }

                error ??= line.Contains(": error ", StringComparison.Ordinal) ? line.Trim() : null;
            }

            await build.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (build.ExitCode, error ?? ((await errors.ConfigureAwait(false)) is { Length: > 0 } text ? text : null));
        }
        finally
        {
            if (!build.HasExited)
            {
                build.Kill(entireProcessTree: true);
            }
        }
    }
}
