using EdgeBuild.Contracts.Locking;

namespace EdgeBuild.Worker.Caching;

/// <summary>
/// Which entries were made for which model or adapter, by name, so that all that came from one customer's data can be found again: keys say
/// nothing about names. It is written before the work begins; a run that was killed, or failed its gates, is in it too.
/// </summary>
/// <param name="root">The cache folder.</param>
public sealed class CacheOwners(string root)
{
    /// <summary>Stands for the slash in file names.</summary>
    private const char Slash = '+';

    private string Folder => Path.Combine(root, "owners");

    /// <summary>The entry of an adapter.</summary>
    public static string Adapter(string adapterKey) => "adapters/" + adapterKey;

    /// <summary>The entry of a training's checkpoints.</summary>
    public static string Checkpoint(string adapterKey) => "checkpoints/" + adapterKey;

    /// <summary>The entry of a quantized model.</summary>
    public static string Model(string modelKey) => "models/" + modelKey;

    /// <summary>The figures of an untuned base on a model's test rows.</summary>
    public static string Evaluation(string fileName) => "evaluations/" + fileName;

    /// <summary>The report of a model that failed its gates.</summary>
    public static string FailedReport(string fileName) => "failed/" + fileName;

    /// <summary>Reads which adapter a model was made from.</summary>
    /// <param name="modelDirectory">The entry of the model.</param>
    /// <returns>The adapter's key, or null.</returns>
    public static string? AdapterKeyOf(string modelDirectory) => ReadFragment(modelDirectory)?.Models.Values.FirstOrDefault()?.AdapterKey;

    /// <summary>Remembers entries.</summary>
    /// <param name="name">The model or adapter of the project.</param>
    /// <param name="entries">Paths relative to the cache, with slashes; they need not exist yet.</param>
    public void Record(string name, params IReadOnlyList<string> entries)
    {
        Directory.CreateDirectory(FolderOf(name));
        foreach (string entry in entries)
        {
            // One empty file each: builds that do so at the same time do not disturb each other.
            using var file = new FileStream(Path.Combine(FolderOf(name), entry.Replace('/', Slash)), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    /// <summary>Gets the entries of a name.</summary>
    /// <param name="name">The model or adapter.</param>
    /// <returns>Paths relative to the cache; they need not exist any more.</returns>
    public IReadOnlyList<string> EntriesOf(string name) => [.. Recorded(name).Concat(Found(name)).Distinct(StringComparer.Ordinal)];

    /// <summary>Gets all names and their entries.</summary>
    /// <returns>Names by entry.</returns>
    public ILookup<string, string> NamesByEntry()
    {
        string[] recorded = Directory.Exists(Folder) ? [.. Directory.EnumerateDirectories(Folder).Select(folder => Path.GetFileName(folder))] : [];
        return recorded.Concat(FoundNames()).Distinct(StringComparer.Ordinal)
            .SelectMany(name => EntriesOf(name).Select(entry => (Name: name, Entry: entry)))
            .ToLookup(pair => pair.Entry, pair => pair.Name, StringComparer.Ordinal);
    }

    /// <summary>Forgets a name.</summary>
    /// <param name="name">The model or adapter.</param>
    public void Forget(string name)
    {
        if (Directory.Exists(FolderOf(name)))
        {
            Directory.Delete(FolderOf(name), recursive: true);
        }
    }

    private string FolderOf(string name) => Path.Combine(Folder, name);

    private IEnumerable<string> Recorded(string name) =>
        Directory.Exists(FolderOf(name)) ? Directory.EnumerateFiles(FolderOf(name)).Select(file => Path.GetFileName(file).Replace(Slash, '/')) : [];

    /// <summary>Models of caches in which no owners were recorded yet, with their adapters.</summary>
    private IEnumerable<string> Found(string name) => Fragments()
        .Where(entry => entry.Fragment.Models.ContainsKey(name))
        .SelectMany(entry => (string[])[Model(entry.Key), Adapter(entry.Fragment.Models[name].AdapterKey), Checkpoint(entry.Fragment.Models[name].AdapterKey)]);

    private IEnumerable<string> FoundNames() => Fragments().SelectMany(entry => entry.Fragment.Models.Keys);

    private IEnumerable<(string Key, LockFile Fragment)> Fragments()
    {
        string models = Path.Combine(root, "models");
        foreach (string directory in Directory.Exists(models) ? Directory.EnumerateDirectories(models) : [])
        {
            if (ReadFragment(directory) is { } fragment)
            {
                yield return (Path.GetFileName(directory), fragment);
            }
        }
    }

    private static LockFile? ReadFragment(string directory)
    {
        string path = Path.Combine(directory, LockFile.FileName);
        try
        {
            return File.Exists(path) ? LockFile.Parse(path, File.ReadAllText(path)) : null;
        }
        catch (Exception exception) when (exception is Contracts.EdgeBuildException or IOException)
        {
            // Damaged, or just being deleted: then it belongs to nobody, and only its age counts.
            return null;
        }
    }
}
