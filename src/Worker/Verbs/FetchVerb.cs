using System.CommandLine;
using System.Text;
using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Bases;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Acquisition;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild fetch SOURCE</c>: brings a base onto this machine and prints the EdgeBase item that pins it.</summary>
internal static class FetchVerb
{
    public static Command Create()
    {
        var source = new Argument<string>("source") { Description = "hf:OWNER/REPO@REVISION/FILE.gguf (a commit, a branch or a tag; without one main), or nuget:ID@VERSION." };
        var sha256 = new Option<string>("--sha256") { Description = "The SHA-256 that the file must have.", DefaultValueFactory = _ => string.Empty };
        var offline = new Option<bool>("--offline") { Description = "Take it from the caches only." };
        var pin = new Option<FileInfo?>("--pin") { Description = "Write the SHA-256 into this file instead of printing the item." };
        var command = new Command("fetch", "Download a base model into the Hugging Face cache or the NuGet packages folder, and print the EdgeBase item that pins it.")
        {
            source, sha256, offline, pin,
        };
        command.SetAction((parseResult, cancellationToken) => RunAsync(
            parseResult.GetRequiredValue(source), parseResult.GetRequiredValue(sha256), parseResult.GetValue(offline), parseResult.GetValue(pin), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string text, string sha256, bool offline, FileInfo? pin, CancellationToken cancellationToken)
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ParentProcess.CancelWhenGone(cancellation);
        using var progress = ProgressReporter.ForConsole();
        (BaseSource source, FetchedBase fetched) = await new BaseAcquisition(Environment.CurrentDirectory, offline, progress).FetchAsync(text, sha256.ToLowerInvariant(), cancellation.Token);
        progress.BeginPhase("checking the file", 100);
        GgufValidator.Validate(fetched.Path, requireSupportedArchitecture: true);
        string actual = FileHash.Sha256(fetched.Path, cancellation.Token);
        if (sha256.Length > 0 && !string.Equals(actual, sha256, StringComparison.OrdinalIgnoreCase))
        {
            throw new EdgeBuildException(ErrorCodes.HashMismatch, $"The file has the SHA-256 {actual}, but {sha256} is asked for. Delete it and fetch it again, or correct --sha256.", fetched.Path);
        }

        if (pin is not null)
        {
            AtomicFile.Write(pin.FullName, stream => stream.Write(Encoding.ASCII.GetBytes(actual)));
            return 0;
        }

        string name = source.Name.Split('/')[^1];
        progress.Message(fetched.Path);
        progress.Message($"<EdgeBase Include=\"{name}\" Source=\"{source}\" Sha256=\"{actual}\" License=\"{fetched.License}\" />");
        return 0;
    }
}
