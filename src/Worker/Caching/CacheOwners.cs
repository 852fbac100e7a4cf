using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;

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

    /// <summary>Remembers all that a run may leave.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="failedReport">The name of the report of failed gates.</param>
    public static void Record(TrainingPlan plan, string failedReport) => new CacheOwners(plan.CacheDirectory).Record(
        plan.Name,
        [Model(plan.ModelKey), FailedReport(failedReport), .. plan.AdapterKey.Length > 0 ? (string[])[Adapter(plan.AdapterKey), Checkpoint(plan.AdapterKey)] : []]);

    /// <summary>Reads which training an entry came from.</summary>
    /// <param name="modelDirectory">The entry of a model or loadable adapter.</param>
    /// <returns>The adapter's key; null for a plain model, and when the entry does not say it.</returns>
    public static string? AdapterKeyOf(string modelDirectory) => ReadFragment(modelDirectory) is { } fragment
        ? Artifacts(fragment).Select(artifact => artifact.AdapterKey).FirstOrDefault(key => key.Length > 0)
        : null;

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

    /// <summary>The name becomes a folder, and Forget deletes it: it must not lead anywhere else.</summary>
    private string FolderOf(string name) => name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\\']) < 0
        ? Path.Combine(Folder, name)
        : throw new EdgeBuildException(ErrorCodes.UnknownReference, $"'{name}' is no name of a model or adapter.");

    private IEnumerable<string> Recorded(string name) =>
        Directory.Exists(FolderOf(name)) ? Directory.EnumerateFiles(FolderOf(name)).Select(file => Path.GetFileName(file).Replace(Slash, '/')) : [];

    /// <summary>Entries of caches in which no owners were recorded yet, with their adapters.</summary>
    private IEnumerable<string> Found(string name) => Fragments()
        .SelectMany(entry => Artifacts(entry.Fragment).Where(artifact => artifact.Name == name).SelectMany(artifact => (string[])
        [
            Model(entry.Key),
            .. artifact.AdapterKey.Length > 0 ? (string[])[Adapter(artifact.AdapterKey), Checkpoint(artifact.AdapterKey)] : [],
        ]));

    private IEnumerable<string> FoundNames() => Fragments().SelectMany(entry => Artifacts(entry.Fragment)).Select(artifact => artifact.Name);

    private static IEnumerable<(string Name, string AdapterKey)> Artifacts(LockFile fragment) => fragment.Models
        .Select(entry => (entry.Key, entry.Value.AdapterKey))
        .Concat(fragment.Adapters.Select(entry => (entry.Key, entry.Value.AdapterKey)));

    private IEnumerable<(string Key, LockFile Fragment)> Fragments()
    {
        string models = Path.Combine(root, CacheLayout.ModelsFolder);
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
        catch (Exception exception) when (exception is EdgeBuildException or IOException)
        {
            // Damaged, or just being deleted: then it belongs to nobody, and only its age counts.
            return null;
        }
    }
}
