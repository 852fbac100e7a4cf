namespace EdgeBuild.LanguageServer;

/// <summary>The commands of code lenses, which any editor can run: their first argument is the URI of a prompt file.</summary>
internal static class ModelCommands
{
    /// <summary>Builds the project, which trains what has to be trained.</summary>
    public const string Train = "edgebuild.train";

    /// <summary>Asks the model and its base; the second argument is the row, from 0.</summary>
    public const string Ask = "edgebuild.ask";

    /// <summary>Opens the report of the model in the browser.</summary>
    public const string OpenReport = "edgebuild.openReport";

    public static IReadOnlyList<string> All { get; } = [Train, Ask, OpenReport];
}
