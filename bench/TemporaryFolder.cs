namespace EdgeBuild.Benchmarks;

/// <summary>A folder for the files of one measurement.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-bench-").FullName;

    /// <summary>Gets the path of a file in it.</summary>
    /// <param name="name">The file's name.</param>
    /// <returns>Its path.</returns>
    public string PathOf(string name) => Path.Combine(_directory, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
