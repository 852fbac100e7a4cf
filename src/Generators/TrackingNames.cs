namespace EdgeBuild.Generators;

/// <summary>Names of the steps whose caching the tests assert.</summary>
internal static class TrackingNames
{
    /// <summary>The prompt files of the project.</summary>
    public const string PromptFiles = nameof(PromptFiles);

    /// <summary>The prompt files after parsing.</summary>
    public const string Parsed = nameof(Parsed);

    /// <summary>All that each client is made from: its prompt file, its part of the lock file, the settings.</summary>
    public const string Sources = nameof(Sources);

    /// <summary>What came of each prompt file by itself.</summary>
    public const string Outcomes = nameof(Outcomes);

    /// <summary>The types that two prompt files would give.</summary>
    public const string TakenTypes = nameof(TakenTypes);

    /// <summary>What the lock file says.</summary>
    public const string Lock = nameof(Lock);

    /// <summary>The models that source is written from.</summary>
    public const string Clients = nameof(Clients);

    /// <summary>What is wrong with the files.</summary>
    public const string Findings = nameof(Findings);
}
