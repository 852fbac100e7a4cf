using EdgeBuild.Contracts;
using EdgeBuild.Data;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Items that name other items.</summary>
internal static class References
{
    /// <summary>The error of a reference that leads nowhere.</summary>
    public static EdgeBuildException Unknown(
        ItemOrigin origin, string type, ITaskItem item, string metadata, string value, string what, IReadOnlyList<string> known)
    {
        string there = known.Count == 0 ? $"The project has no {what}." : $"The project has {string.Join(", ", known.Select(name => $"'{name}'"))}.";
        string message = value.Length == 0
            ? $"The {type} '{item.ItemSpec}' lacks {metadata}, the name of its {what}. {there}"
            : $"{metadata}=\"{value}\" of the {type} '{item.ItemSpec}' names no {what}.{NearestName.Suggest(value, known)} {there}";
        return origin.Error(ErrorCodes.UnknownReference, type, item, message);
    }
}
