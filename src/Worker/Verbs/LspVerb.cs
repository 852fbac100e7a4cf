using System.CommandLine;
using EdgeBuild.LanguageServer;
using EdgeBuild.Worker.Asking;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild lsp</c>: the language server, for editors.</summary>
internal static class LspVerb
{
    public static Command Create()
    {
        var command = new Command("lsp", "Serve editors of prompt and dataset files: the language server protocol on standard input and output.");

        // Clients say how they connect, and this is the only way.
        command.Options.Add(new Option<bool>("--stdio") { Description = "Use standard input and output; the default." });
        command.SetAction((_, cancellationToken) => EdgeLanguageServer.RunAsync(new BuiltModels(), cancellationToken));
        return command;
    }
}
