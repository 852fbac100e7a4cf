namespace EdgeBuild.Tasks;

/// <summary>Names of items that become names of files, on every file system.</summary>
internal static class FileNames
{
    /// <summary>What a name may be made of, for messages.</summary>
    public const string Rule = "use letters, digits, '-', '_' and '.' only";

    public static bool IsValid(string name) =>
        !name.StartsWith(".", StringComparison.Ordinal) && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '-' or '.');
}
