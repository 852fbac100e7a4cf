using System.CommandLine;
using EdgeBuild.LanguageServer;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild lsp</c>: the language server, for editors.</summary>
internal static class LspVerb
{
    public static Command Create()
    {
        var command = new Command("lsp", "Serve editors of prompt and dataset files: the language server protocol on standard input and output.");

        // Clients say how they connect, and this is the only way.
        command.Options.Add(new Option<bool>("--stdio") { Description = "Use standard input and output; the default." });
        command.SetAction((_, cancellationToken) => RunAsync(cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        // One stray line would break the stream for good.
        await using Stream output = Console.OpenStandardOutput();
        await using Stream input = Console.OpenStandardInput();
        Console.SetOut(Console.Error);
        return await EdgeLanguageServer.RunAsync(input, output, cancellationToken);
    }
}
