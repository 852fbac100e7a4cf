namespace EdgeBuild.Benchmarks;

/// <summary>Copies of a sample that a benchmark may change.</summary>
internal static class ProjectCopy
{
    private static readonly string[] _outputFolders = ["bin", "obj"];

    /// <summary>Copies a project without its outputs and without its lock file, so that its first build trains.</summary>
    /// <param name="source">The project's folder.</param>
    /// <param name="target">The folder to create; replaced when it exists.</param>
    public static void Create(string source, string target)
    {
        Delete(target);
        foreach (string file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(source, file);
            if (!_outputFolders.Contains(relative.Split(Path.DirectorySeparatorChar)[0]) && relative != Contracts.Locking.LockFile.FileName)
            {
                Copy(file, Path.Combine(target, relative));
            }
        }
    }

    /// <summary>
    /// Copies a built project together with the client that the generator wrote, so that the copy compiles with
    /// EdgeBuildEnabled=false and differs in nothing else.
    /// </summary>
    /// <param name="source">The folder of a project that was built with EmitCompilerGeneratedFiles=true.</param>
    /// <param name="target">The folder to create; replaced when it exists.</param>
    public static void CreateWithGeneratedFiles(string source, string target)
    {
        Create(source, target);
        string generated = Directory.GetDirectories(Path.Combine(source, "obj"), "EdgeBuild.Generators", SearchOption.AllDirectories).Single();
        foreach (string file in Directory.GetFiles(generated, "*.cs", SearchOption.AllDirectories))
        {
            Copy(file, Path.Combine(target, "Generated", Path.GetFileName(file)));
        }
    }

    /// <summary>Deletes a copy.</summary>
    /// <param name="folder">The folder; it need not exist.</param>
    public static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Copy(string file, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(file, target);
    }
}
