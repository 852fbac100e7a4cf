using System.Xml.Linq;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks.Tests;

/// <summary>The committed lock file of the sample is that of its items and rows: whoever clones the repository gets what it names.</summary>
[TestClass]
public sealed class SampleKeyTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-sample-").FullName;

    [TestCleanup]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void The_sample_has_the_keys_of_its_lock_file()
    {
        string project = Path.Combine(TestPaths.RepositoryRoot, "samples", "TicketTriage", "TicketTriage.csproj");
        string lockPath = Path.Combine(Path.GetDirectoryName(project)!, LockFile.FileName);
        XDocument items = XDocument.Load(project);
        XElement embedded = XDocument.Load(Path.Combine(TestPaths.RepositoryRoot, "build", "EdgeBuild.Training.targets"))
            .Descendants("_EdgeBuildBase").Single(element => element.Attribute("Include")!.Value == "smollm2");
        var smollm2 = new TaskItem("smollm2");
        smollm2.SetMetadata("Source", Directory.GetFiles(Path.Combine(TestPaths.RepositoryRoot, "models"), "*.gguf").Single());
        smollm2.SetMetadata("Sha256", embedded.Attribute("Sha256")!.Value);
        var engine = new RecordingBuildEngine();
        var task = new PlanEdgeModels
        {
            BuildEngine = engine,
            ProjectFile = project,
            Bases = [smollm2],
            Models = Items(items, "EdgeModel"),
            Prompts = Items(items, "EdgePrompt"),
            Datasets = Items(items, "EdgeDataset"),
            Mode = "Auto",
            CacheDirectory = _folder,
            LockFile = lockPath,
            IntermediateDirectory = _folder,
        };

        Assert.IsTrue(task.Execute(), string.Join("\n", engine.Errors.Select(error => error.Message)));

        TrainingPlan plan = TrainingPlan.Parse(File.ReadAllText(task.PlannedModels.Single().GetMetadata("PlanFile")));
        LockFile lockFile = LockFile.Parse(lockPath, File.ReadAllText(lockPath));
        Assert.AreEqual(lockFile.Models["Support"].AdapterKey, plan.AdapterKey);
        Assert.AreEqual(lockFile.Models["Support"].ModelKey, plan.ModelKey);
    }

    private static ITaskItem[] Items(XDocument project, string type) =>
    [
        .. project.Descendants(type).Select(element =>
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
