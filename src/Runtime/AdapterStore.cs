using EdgeBuild.LlamaCpp;

using Microsoft.Extensions.Logging;

namespace EdgeBuild.Runtime;

/// <summary>
/// The loaded adapters of a model. Each is loaded when it is asked for first; when all together exceed the limit, those that were
/// not used for longest are freed. Used by one caller at a time.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="limit">The number of bytes that adapters may take together; the one in use always stays.</param>
/// <param name="logger">The log.</param>
internal sealed partial class AdapterStore(LlamaModel model, long limit, ILogger logger) : IDisposable
{
    // The most recently used one is the last.
    private readonly List<(string Sha256, long Size, LlamaAdapter Adapter)> _loaded = [];

    /// <summary>Gets the SHA-256 of the adapters that are loaded, the most recently used one last.</summary>
    public IReadOnlyList<string> Loaded => [.. _loaded.Select(entry => entry.Sha256)];

    /// <summary>Gets a loaded adapter, or loads it.</summary>
    /// <param name="file">The adapter.</param>
    /// <param name="freed">Takes the SHA-256 of the adapters that had to go.</param>
    /// <returns>The adapter; valid until others are asked for.</returns>
    /// <exception cref="EdgeModelException">
    /// EDGE3002: it is no adapter of the model; EDGE3003: the file is missing or not that of the manifest; EDGE4001: it is damaged.
    /// </exception>
    public LlamaAdapter Get(AdapterFile file, out IReadOnlyList<string> freed)
    {
        string sha256 = file.Expected.Sha256;
        int index = _loaded.FindIndex(entry => entry.Sha256 == sha256);
        (string Sha256, long Size, LlamaAdapter Adapter) entry;
        if (index >= 0)
        {
            entry = _loaded[index];
            _loaded.RemoveAt(index);
        }
        else
        {
            entry = (sha256, file.Expected.Size, Load(file));
        }

        _loaded.Add(entry);
        freed = Free();
        return entry.Adapter;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, _, LlamaAdapter adapter) in _loaded)
        {
            adapter.Dispose();
        }

        _loaded.Clear();
    }

    private List<string> Free()
    {
        List<string> freed = [];
        while (_loaded.Count > 1 && _loaded.Sum(entry => entry.Size) > limit)
        {
            // A context that still uses it keeps the native adapter alive.
            _loaded[0].Adapter.Dispose();
            freed.Add(_loaded[0].Sha256);
            _loaded.RemoveAt(0);
        }

        return freed;
    }

    private LlamaAdapter Load(AdapterFile file)
    {
        file.Check(logger);
        LlamaAdapter adapter = LlamaAdapter.Load(model, file.Path, validate: !file.Verify);
        LogLoaded(logger, file.Name);
        return adapter;
    }

    [LoggerMessage(4, LogLevel.Debug, "Loaded the adapter {Name}")]
    private static partial void LogLoaded(ILogger logger, string name);
}
