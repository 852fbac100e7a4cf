using EdgeBuild.Contracts;
using Microsoft.Build.Framework;
using MSBuildTask = Microsoft.Build.Utilities.Task;

namespace EdgeBuild.Tasks;

/// <summary>Notes in the cache that a build in which nothing changed has used its entries: what is not used for long is deleted first.</summary>
public sealed class MarkEdgeCacheUse : MSBuildTask
{
    /// <summary>Gets or sets the files of the cache that belong beside the app.</summary>
    [Required]
    public ITaskItem[] Files { get; set; } = [];

    /// <inheritdoc/>
    public override bool Execute()
    {
        foreach (string directory in Files.Select(file => Path.GetDirectoryName(file.GetMetadata("FullPath"))!).Distinct(StringComparer.Ordinal))
        {
            // The manifest of a plain model lies in obj and not in the cache.
            if (File.Exists(Path.Combine(directory, CacheLayout.DoneFileName)))
            {
                CacheLayout.MarkUsed(directory);
            }
        }

        return true;
    }
}
