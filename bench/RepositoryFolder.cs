namespace EdgeBuild.Benchmarks;

/// <summary>The repository that this program was built in.</summary>
internal static class RepositoryFolder
{
    /// <summary>Gets the folder of the solution.</summary>
    public static string Root { get; } = Find();

    /// <summary>Gets the sample that figures are measured on when no path is given.</summary>
    public static string Sample => Path.Combine(Root, "samples", "TicketTriage");

    /// <summary>Gets the base model that samples and tests train.</summary>
    public static string EmbeddedBase => Path.Combine(Root, "models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    /// <summary>Gets an ignored folder for copies of samples; below samples, so that they build with what all samples import.</summary>
    public static string Artifacts => Path.Combine(Root, "samples", "artifacts");

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeBuild.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The repository is not above the folder of the program.");
    }
}
