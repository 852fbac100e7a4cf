using System.Xml.Linq;
using EdgeBuild.Contracts.Plans;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks.Tests;

/// <summary>Calls the planning task itself with the items of a project file.</summary>
internal static class PlannedItems
{
    /// <summary>Plans the items, one a line: the first stands in line 2 of the project file.</summary>
    public static (RecordingBuildEngine Engine, IReadOnlyList<TrainingPlan> Plans) Plan(GeneratedProject project, string items)
    {
        project.Write("App.csproj", "<Project><ItemGroup>\n" + items.Replace("/><", "/>\n<", StringComparison.Ordinal) + "\n</ItemGroup></Project>\n");
        XElement[] elements = [.. XDocument.Load(project.ProjectFile).Descendants("ItemGroup").Elements()];
        var engine = new RecordingBuildEngine();
        var task = new PlanEdgeModels
        {
            BuildEngine = engine,
            ProjectFile = project.ProjectFile,
            Bases = Items(elements, "EdgeBase"),
            Models = Items(elements, "EdgeModel"),
            Prompts = Items(elements, "EdgePrompt"),
            Datasets = Items(elements, "EdgeDataset"),
            Adapters = Items(elements, "EdgeAdapter"),
            Mode = "Auto",
            CacheDirectory = project.Cache,
            LockFile = project.LockFile,
            IntermediateDirectory = project.EdgeObj,
        };
        bool succeeded = task.Execute();

        Assert.AreEqual(engine.Errors.Count == 0, succeeded);
        return (engine, succeeded ? [.. task.PlannedModels.Select(item => TrainingPlan.Parse(File.ReadAllText(item.GetMetadata("PlanFile"))))] : []);
    }

    private static ITaskItem[] Items(IEnumerable<XElement> elements, string type) =>
    [
        .. elements.Where(element => element.Name == type).Select(element =>
        {
            var item = new TaskItem(element.Attribute("Include")!.Value);
            foreach (XAttribute attribute in element.Attributes().Where(attribute => attribute.Name != "Include"))
            {
                item.SetMetadata(attribute.Name.LocalName, attribute.Value);
            }

            return item;
        }),
    ];
}
