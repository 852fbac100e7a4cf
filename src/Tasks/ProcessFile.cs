namespace EdgeBuild.Tasks;

/// <summary>Reads files of /proc, whose process may end at any moment.</summary>
internal static class ProcessFile
{
    /// <summary>Reads a file; empty when it is not there.</summary>
    public static string Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : string.Empty;
        }
        catch (IOException)
        {
            return string.Empty;
        }
    }

    /// <summary>Reads the field of a line <c>name: value</c>.</summary>
    public static string? Field(string text, string name) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Substring(name.Length).Trim();

    /// <summary>FileSystemInfo.LinkTarget is not part of netstandard2.0; .NET, on which 'dotnet build' runs, has it.</summary>
    public static string? LinkTarget(string path)
    {
        try
        {
            return typeof(FileSystemInfo).GetProperty("LinkTarget")?.GetValue(new FileInfo(path)) as string;
        }
        catch (System.Reflection.TargetInvocationException)
        {
            return null;
        }
    }
}
