using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks;

/// <summary>A model or adapter on its way from task to task, as an item.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Model">The model that it belongs to; its own name for a model.</param>
/// <param name="FileStem">What the names of its files begin with.</param>
/// <param name="Action">What <see cref="PlanDecision"/> says.</param>
/// <param name="Directory">Its cache entry; empty when it has none.</param>
internal sealed record PlannedArtifact(string Name, string Model, string FileStem, string Action, string Directory)
{
    /// <summary>Gets a value indicating whether it is an adapter.</summary>
    public bool IsAdapter => FileStem != Model;

    /// <summary>Gets its files.</summary>
    public CachedModel Cached => new(Directory, FileStem);

    /// <summary>Reads an item of <see cref="ToItem"/>.</summary>
    public static PlannedArtifact Read(ITaskItem item) => new(
        item.ItemSpec, item.GetMetadata(nameof(Model)), item.GetMetadata(nameof(FileStem)), item.GetMetadata(nameof(Action)), item.GetMetadata("ModelDirectory"));

    /// <summary>MSBuild reads %xx in metadata as a character; a path may hold a percent sign of its own.</summary>
    public static string Escape(string path) => path.Replace("%", "%25");

    public TaskItem ToItem()
    {
        var item = new TaskItem(Name);
        item.SetMetadata(nameof(Model), Model);
        item.SetMetadata(nameof(FileStem), FileStem);
        item.SetMetadata(nameof(Action), Action);
        item.SetMetadata("ModelDirectory", Escape(Directory));
        return item;
    }
}
