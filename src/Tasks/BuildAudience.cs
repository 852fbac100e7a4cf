using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Who reads the messages of a build.</summary>
internal static class BuildAudience
{
    /// <summary>Finds the place for progress.</summary>
    /// <param name="engine">The build.</param>
    public static ProgressPlace PlaceOf(IBuildEngine engine)
    {
        EngineServices? services = (engine as IBuildEngine10)?.EngineServices;
        bool showsHeadlines = services?.LogsMessagesOfImportance(MessageImportance.High) ?? true;
        bool showsAll = services?.LogsMessagesOfImportance(MessageImportance.Normal) ?? true;

        // MSBuild sets the variable for its own tasks. The terminal logger draws its last lines anew all the time: a line below stays, one that
        // scrolls would be drawn over.
        if (showsHeadlines && Environment.GetEnvironmentVariable("_MSBUILDTLENABLED") == "1")
        {
            return ProgressPlace.TerminalLine;
        }

        int? process = BuildProcess.IsNode ? BuildProcess.Find() : null;
        bool isTalkative = BuildProcess.IsNode ? process is null || BuildProcess.ShowsMessages(process.Value) : BuildProcess.ShowsMessages();

        // What loggers take says little in a worker node of 'dotnet run', which forwards all of it to nobody.
        return !isTalkative && (!showsHeadlines || BuildProcess.IsNode) ? ProgressPlace.StandardError
            : showsHeadlines && !showsAll ? ProgressPlace.TerminalLine
            : ProgressPlace.Nowhere;
    }
}
