using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Locking;
using EdgeBuild.Contracts.Plans;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>
/// Finds the hash of a base that must be fetched, which keys need: in its item, in the lock file, or, where the mode lets a build learn something
/// new, in the file itself.
/// </summary>
/// <param name="lockFile">The lock file.</param>
/// <param name="items">The EdgeBase items.</param>
/// <param name="origin">Places items.</param>
/// <param name="fetch">Fetches a base and gets its hash, null when that failed and was reported; null where nothing new may be learned.</param>
internal sealed class BasePins(LockFile lockFile, IReadOnlyList<ITaskItem> items, ItemOrigin origin, Func<PlannedBase, ModelOrigin, string?>? fetch)
{
    private readonly Dictionary<string, string> _fetched = new(StringComparer.Ordinal);

    /// <summary>Completes a base.</summary>
    /// <exception cref="EdgeBuildException">EDGE4008: its hash is not known.</exception>
    public PlannedBase Pin(PlannedBase planned)
    {
        if (planned.Path.Length > 0 || planned.Sha256.Length > 0)
        {
            return planned;
        }

        LockedModel? locked = lockFile.Models.Values.FirstOrDefault(model => model.BaseSource == planned.Source);
        return planned with { Sha256 = locked?.BaseSha256 ?? Fetched(planned) };
    }

    private string Fetched(PlannedBase planned)
    {
        if (_fetched.TryGetValue(planned.Source, out string? known))
        {
            return known;
        }

        ITaskItem item = items.First(candidate => candidate.ItemSpec == planned.Name);
        if (fetch is null)
        {
            throw origin.Error(
                ErrorCodes.BaseNotPinned,
                "EdgeBase",
                item,
                $"The SHA-256 of the EdgeBase '{planned.Name}' is neither in its item nor in {LockFile.FileName}, and EdgeBuildTraining is Locked. Set Sha256, or build once with EdgeBuildTraining=Auto and commit the lock file.");
        }

        return _fetched[planned.Source] = fetch(planned, ModelOrigin.OfBase(origin, item)) ?? string.Empty;
    }
}
