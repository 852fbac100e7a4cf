namespace EdgeBuild.Generators;

/// <summary>Names of the steps whose caching the tests assert.</summary>
internal static class TrackingNames
{
    /// <summary>The prompt files of the project.</summary>
    public const string PromptFiles = nameof(PromptFiles);

    /// <summary>What the lock file says.</summary>
    public const string Lock = nameof(Lock);

    /// <summary>The models that source is written from.</summary>
    public const string Clients = nameof(Clients);

    /// <summary>What is wrong with the files.</summary>
    public const string Findings = nameof(Findings);
}
