using System.CommandLine;
using System.Globalization;
using EdgeBuild.Contracts;
using EdgeBuild.Worker.Caching;

namespace EdgeBuild.Worker.Verbs;

/// <summary><c>edgebuild cache list|prune|remove</c>: shows what trainings have left in the cache, and deletes it.</summary>
internal static class CacheVerb
{
    public static Command Create()
    {
        Option<string?> cache = CacheOption();
        var command = new Command("cache", "Show and delete what trainings have left in the cache: models, adapters, checkpoints, reports of failed gates, figures of bases.")
        {
            CreateList(cache), CreatePrune(cache), CreateRemove(cache),
        };
        command.Options.Add(cache);
        return command;
    }

    /// <summary>The option of all commands that look into the cache.</summary>
    public static Option<string?> CacheOption() => new("--cache") { Description = "The cache folder; EDGEBUILD_CACHE, else .edgebuild in your home folder, without it.", Recursive = true };

    private static Command CreateList(Option<string?> cache)
    {
        var command = new Command("list", "List all entries with their size, the last use and the models they belong to.");
        command.SetAction(parseResult =>
        {
            string root = CacheFolder.Resolve(parseResult.GetValue(cache));
            IReadOnlyList<CacheEntry> entries = new CacheContents(root).List();
            Print(entries);
            Console.WriteLine($"{entries.Count} entries, {ByteSize.Format(entries.Sum(entry => entry.Size))} in {root}");
            return 0;
        });
        return command;
    }

    private static Command CreatePrune(Option<string?> cache)
    {
        var maxSize = new Option<string?>("--max-size") { Description = "Delete what was not used for the longest time until the rest has this size, for example 20GB." };
        var olderThan = new Option<double?>("--older-than") { Description = "Delete what was not used for this many days." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be deleted." };
        var command = new Command("prune", "Delete what was not used for long. What a build used within the last hour, or holds now, stays.") { maxSize, olderThan, dryRun };
        command.SetAction(parseResult =>
        {
            long? size = parseResult.GetValue(maxSize) is { } text ? ReadSize(text) : null;
            TimeSpan? age = parseResult.GetValue(olderThan) is { } days and >= 0 ? TimeSpan.FromDays(days) : null;
            if (size is null && age is null)
            {
                throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, "Nothing says what is to go. Give --max-size, --older-than (days, 0 for all), or both.");
            }

            var contents = new CacheContents(CacheFolder.Resolve(parseResult.GetValue(cache)));
            IReadOnlyList<CacheEntry> chosen = new CachePruning(size, age, CachePruning.InUse).Choose(contents.List(), DateTime.UtcNow);
            bool dry = parseResult.GetValue(dryRun);
            Print(chosen);
            return Report(dry ? chosen : [.. chosen.Where(contents.TryDelete)], dry);
        });
        return command;
    }

    private static Command CreateRemove(Option<string?> cache)
    {
        var name = new Argument<string>("name") { Description = "The name of an EdgeModel or EdgeAdapter." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be deleted." };
        var command = new Command(
            "remove",
            "Delete everything that was made for a model or adapter: every version of it, its adapters, checkpoints and reports. Waits for builds that hold it. What builds have copied into obj/edge and bin/…/edge of projects stays.")
        {
            name, dryRun,
        };
        command.SetAction((parseResult, cancellationToken) => RemoveAsync(
            new CacheContents(CacheFolder.Resolve(parseResult.GetValue(cache))), parseResult.GetRequiredValue(name), parseResult.GetValue(dryRun), cancellationToken));
        return command;
    }

    private static async Task<int> RemoveAsync(CacheContents contents, string name, bool dry, CancellationToken cancellationToken)
    {
        IReadOnlyList<CacheEntry> entries = contents.ListOf(name);
        if (entries.Count == 0)
        {
            Console.WriteLine($"Nothing in the cache belongs to '{name}'; 'edgebuild cache list' shows what there is.");
        }

        Print(entries);
        foreach (string other in entries.SelectMany(entry => entry.Names).Where(other => other != name).Distinct(StringComparer.Ordinal))
        {
            Console.WriteLine($"'{other}' was made from the same rows; what it shares goes too, and its next build trains again.");
        }

        if (!dry)
        {
            bool told = false;
            foreach (CacheEntry entry in entries)
            {
                await contents.DeleteAsync(
                    entry,
                    () =>
                    {
                        Console.Write(told ? string.Empty : $"Waiting for a build that holds {entry.Entry}\n");
                        told = true;
                    },
                    cancellationToken);
            }

            contents.Forget(name);
        }

        return Report(entries, dry);
    }

    private static long ReadSize(string text) => ByteSize.TryParse(text, out long bytes)
        ? bytes
        : throw new EdgeBuildException(ErrorCodes.InvalidProjectItem, $"'{text}' is no size. Write for example 20GB or 500MB.");

    private static int Report(IReadOnlyCollection<CacheEntry> entries, bool dry)
    {
        Console.WriteLine($"{(dry ? "Would delete" : "Deleted")} {entries.Count} entries, {ByteSize.Format(entries.Sum(entry => entry.Size))}.");
        return 0;
    }

    private static void Print(IEnumerable<CacheEntry> entries)
    {
        foreach (CacheEntry entry in entries)
        {
            string key = entry.Key.Length > 16 && entry.Kind != "failed" ? entry.Key[..16] : entry.Key;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.Kind,-12} {key,-16} {ByteSize.Format(entry.Size),10}  {entry.LastUsed.ToLocalTime():yyyy-MM-dd HH:mm}  {string.Join(", ", entry.Names)}"));
        }
    }
}
