namespace EdgeBuild.Tasks;

/// <summary>The values of EdgeBuildTraining.</summary>
internal enum TrainingMode
{
    /// <summary>What is missing is trained.</summary>
    Auto,

    /// <summary>What is missing, or not what the lock file says, is an error.</summary>
    Locked,

    /// <summary>Nothing is trained or checked; what the lock file names is shipped when it is there.</summary>
    Never,
}
