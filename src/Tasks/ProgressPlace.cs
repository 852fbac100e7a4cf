namespace EdgeBuild.Tasks;

/// <summary>Where the progress of a training is shown beside the log, which has headlines at minimal and all of it at normal verbosity.</summary>
internal enum ProgressPlace
{
    /// <summary>Nowhere: the log shows it, or silence was asked for.</summary>
    Nowhere,

    /// <summary>One line of a terminal, below what the build writes there; nothing when its output is redirected.</summary>
    TerminalLine,

    /// <summary>On standard error, headlines included: the command hides the build's messages on its own account, as 'dotnet run' does.</summary>
    StandardError,
}
