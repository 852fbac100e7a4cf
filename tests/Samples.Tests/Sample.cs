using System.Xml.Linq;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.Data;
using EdgeBuild.Prompts;
using EdgeBuild.Tests;

namespace EdgeBuild.Samples.Tests;

/// <summary>A folder of samples/ that has data: its items as the csproj lists them, and its lock file.</summary>
internal sealed class Sample
{
    private readonly XDocument _project;

    private Sample(string projectFile)
    {
        Folder = Path.GetDirectoryName(projectFile)!;
        _project = XDocument.Load(projectFile);
        string lockFile = Path.Combine(Folder, Contracts.Locking.LockFile.FileName);
        LockFile = File.Exists(lockFile) ? Contracts.Locking.LockFile.Parse(lockFile, File.ReadAllText(lockFile)) : null;
        PromptDocument[] prompts = [.. Items("EdgePrompt").Select(item => ReadPrompt(Metadata(item, "Include")!))];
        Tasks =
        [
            .. Items("EdgeDataset").GroupBy(item => (Prompt: Metadata(item, "Prompt"), Adapter: Metadata(item, "Adapter") ?? string.Empty))
                .Select(group => new SampleTask(this, prompts.Single(prompt => prompt.Name == group.Key.Prompt), group.Key.Adapter, [.. group.Select(Dataset)])),
        ];
    }

    /// <summary>Gets the samples that have a folder data.</summary>
    public static IReadOnlyList<Sample> All { get; } =
    [
        .. Directory.EnumerateDirectories(Path.Combine(RepositoryFiles.Root, "samples"))
            .Where(folder => Directory.Exists(Path.Combine(folder, "data")))
            .Order(StringComparer.Ordinal)
            .Select(folder => new Sample(Directory.GetFiles(folder, "*.csproj").Single())),
    ];

    public string Folder { get; }

    public string Name => Path.GetFileName(Folder);

    /// <summary>Gets the lock file; null before the first training.</summary>
    public LockFile? LockFile { get; }

    /// <summary>Gets the prompts, each with the rows of one adapter.</summary>
    public IReadOnlyList<SampleTask> Tasks { get; }

    public static Sample Named(string name) => All.Single(sample => sample.Name == name);

    /// <summary>Reads the items of a type.</summary>
    public IEnumerable<XElement> Items(string type) => _project.Descendants(type);

    /// <summary>Reads the metadata of an item, which is an attribute or an element.</summary>
    public static string? Metadata(XElement item, string name) => item.Attribute(name)?.Value ?? item.Element(name)?.Value;

    private PromptDocument ReadPrompt(string path)
    {
        PromptParseResult result = PromptDocument.Parse(path, File.ReadAllText(Path.Combine(Folder, path)));
        Assert.IsEmpty(result.Diagnostics, string.Join('\n', result.Diagnostics));
        return result.Document!;
    }

    private PlannedDataset Dataset(XElement item)
    {
        string path = Metadata(item, "Include")!;
        return new PlannedDataset(Path.Combine(Folder, path), $"samples/{Name}/{path}", Metadata(item, "Split") ?? DatasetSplits.Train, 1);
    }
}
