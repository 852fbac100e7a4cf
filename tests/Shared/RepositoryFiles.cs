namespace EdgeBuild.Tests;

/// <summary>Files of the repository, found by walking up from the test's output to the folder with the solution.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>The base model that ships in the repository.</summary>
    public static string Model => Path.Combine(Root, "models", "SmolLM2-135M-Instruct.Q4_1.gguf");

    public static string Fixture(string architecture, string file) => Path.Combine(Root, "tests", "Fixtures", architecture, file);

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "EdgeBuild.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
