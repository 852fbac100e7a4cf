using System.Globalization;

using EdgeBuild.LlamaCpp;

using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeBuild.Runtime;

/// <summary>
/// One loaded model of the process, shared by all clients of its file, with one inference context that grows with the prompts
/// that are registered. Calls run one after another: the threads of llama.cpp occupy all cores of a call.
/// </summary>
internal sealed partial class EdgeModelHost : IDisposable
{
    private static readonly Lock _hostsLock = new();
    private static readonly Dictionary<string, EdgeModelHost> _hosts = new(
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _promptsLock = new();
    private readonly Dictionary<string, (ContextCapacity Capacity, int Count)> _prompts = new(StringComparer.Ordinal);
    private readonly string _key;
    private readonly int _threads;
    private readonly long _memoryBefore;
    private readonly Lock _idleLock = new();
    private InferenceContext? _context;
    private CancellationTokenSource? _idleWork;
    private int _callers;
    private int _references;

    private EdgeModelHost(
        string key, LlamaModel model, IReadOnlyList<LabelHeadValues> heads, int threads, long adapterLimit, ILogger logger, long memoryBefore)
    {
        _memoryBefore = memoryBefore;
        Heads = heads;
        Adapters = new AdapterStore(model, adapterLimit, logger);
        _key = key;
        Model = model;
        _threads = threads;
        Logger = logger;
        Pieces = new TokenPieces(model.Vocabulary);
    }

    /// <summary>Gets the model.</summary>
    public LlamaModel Model { get; }

    /// <summary>Gets the memory that the model takes.</summary>
    public EdgeModelMemory Memory => new(Model.TensorByteCount, _memoryBefore, Environment.WorkingSet);

    /// <summary>Gets the log.</summary>
    public ILogger Logger { get; }

    /// <summary>Gets the label heads of the model.</summary>
    public IReadOnlyList<LabelHeadValues> Heads { get; }

    /// <summary>Gets the loaded adapters; to be used while it is the caller's turn only.</summary>
    public AdapterStore Adapters { get; }

    /// <summary>Gets the texts of the vocabulary's tokens.</summary>
    public TokenPieces Pieces { get; }

    /// <summary>Loads a model, or shares the loaded one.</summary>
    /// <param name="path">The model file.</param>
    /// <param name="expected">The file's entry in the manifest, or null to check the file's structure only.</param>
    /// <param name="options">The options of the client; the first client of a file decides the number of threads.</param>
    /// <returns>The host; <see cref="Dispose"/> gives it back.</returns>
    /// <exception cref="EdgeModelException">The file is missing, damaged or not that of the manifest, or the natives are missing.</exception>
    public static EdgeModelHost Acquire(string path, EdgeManifestFile? expected, EdgeClientOptions options)
    {
        path = Path.GetFullPath(path);

        // A file that was renamed over an older one is another model, which a new client must not get the old one for.
        FileInfo file = LinkedFile.Follow(path);
        string key = file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{path}|{file.Length}|{file.LastWriteTimeUtc.Ticks}") : path;
        lock (_hostsLock)
        {
            if (!_hosts.TryGetValue(key, out EdgeModelHost? host))
            {
                ILogger logger = options.Logger ?? NullLogger.Instance;
                NativeLogForwarding.Use(options.Logger);
                long before = Environment.WorkingSet;
                (LlamaModel model, IReadOnlyList<LabelHeadValues> heads) = ModelFile.Load(path, expected, options, logger);
                host = new EdgeModelHost(key, model, heads, options.Threads ?? ProcessorCores.Available, options.AdapterMemoryLimit, logger, before);
                LogLoaded(logger, path, before >> 20, Environment.WorkingSet >> 20, model.TensorByteCount >> 20);
                _hosts.Add(key, host);
            }

            host._references++;
            return host;
        }
    }

    /// <summary>Gives one <see cref="Acquire"/> back; the last client frees the model.</summary>
    public void Dispose()
    {
        lock (_hostsLock)
        {
            if (--_references > 0)
            {
                return;
            }

            _hosts.Remove(_key);
        }

        // A call that still runs ends first.
        _gate.Wait();
        _context?.Dispose();
        Adapters.Dispose();
        Model.Dispose();
        _gate.Dispose();
    }

    /// <summary>Announces the needs of a prompt, so that the context is made large enough before its first call.</summary>
    /// <param name="prefix">Identity of the prompt's prefix.</param>
    /// <param name="capacity">The needs of one call.</param>
    public void Register(string prefix, ContextCapacity capacity)
    {
        lock (_promptsLock)
        {
            _prompts[prefix] = _prompts.TryGetValue(prefix, out (ContextCapacity Capacity, int Count) known)
                ? (known.Capacity.Including(capacity), known.Count + 1)
                : (capacity, 1);
        }
    }

    /// <summary>Makes the context large enough for more than was announced, until the last client of the prompt is gone.</summary>
    /// <param name="prefix">Identity of the prefix of a registered prompt.</param>
    /// <param name="capacity">The needs.</param>
    public void Enlarge(string prefix, ContextCapacity capacity)
    {
        lock (_promptsLock)
        {
            if (_prompts.TryGetValue(prefix, out (ContextCapacity Capacity, int Count) known))
            {
                _prompts[prefix] = (known.Capacity.Including(capacity), known.Count);
            }
        }
    }

    /// <summary>Takes back <see cref="Register"/>; the prefix of the last client of a prompt is forgotten.</summary>
    /// <param name="prefix">Identity of the prompt's prefix.</param>
    public void Unregister(string prefix)
    {
        lock (_promptsLock)
        {
            (ContextCapacity capacity, int count) = _prompts[prefix];
            if (count > 1)
            {
                _prompts[prefix] = (capacity, count - 1);
                return;
            }

            _prompts.Remove(prefix);
        }
    }

    /// <summary>Runs work on the context when it is this caller's turn, on a thread of the pool.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="work">The work; it must leave no sequence behind.</param>
    /// <param name="cancellationToken">Ends the wait; the work watches it itself.</param>
    /// <param name="lane">The lane that the caller belongs to, or null.</param>
    /// <returns>The result of the work.</returns>
    public async Task<T> RunAsync<T>(Func<InferenceContext, T> work, CancellationToken cancellationToken, CallLane? lane = null)
    {
        Count(1, lane);
        try
        {
            EndIdleWork();
            await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Count(-1, lane);
        }

        try
        {
            return await Task.Run(() => RunOnContext(work, cancellationToken), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Runs work that no caller waits for; it ends when one comes.</summary>
    /// <param name="work">The work; it must leave no sequence behind, also when it is cancelled.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>A task that ends with the work; it does not fail when a caller has ended it.</returns>
    public async Task RunIdleAsync(Action<InferenceContext, CancellationToken> work, CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            lock (_idleLock)
            {
                _idleWork = idle;
            }

            if (Volatile.Read(ref _callers) == 0)
            {
                await Task.Run(
                    () => RunOnContext<object?>(
                        context =>
                        {
                            work(context, idle.Token);
                            return null;
                        },
                        idle.Token),
                    CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A caller came.
        }
        finally
        {
            lock (_idleLock)
            {
                _idleWork = null;
            }

            _gate.Release();
        }
    }

    /// <summary>Tells whether somebody waits for the model who is not a caller of a lane.</summary>
    /// <param name="lane">The lane.</param>
    /// <returns>True when the lane should give up its turn.</returns>
    public bool OthersWait(CallLane lane) => Volatile.Read(ref _callers) > Volatile.Read(ref lane.Turns);

    private void Count(int callers, CallLane? lane)
    {
        // A caller of the lane must never look like another one, so that the lane is counted first and given up last.
        if (lane is not null && callers > 0)
        {
            Interlocked.Add(ref lane.Turns, callers);
        }

        Interlocked.Add(ref _callers, callers);
        if (lane is not null && callers < 0)
        {
            Interlocked.Add(ref lane.Turns, callers);
        }
    }

    private void EndIdleWork()
    {
        lock (_idleLock)
        {
            _idleWork?.Cancel();
        }
    }

    private T RunOnContext<T>(Func<InferenceContext, T> work, CancellationToken cancellationToken)
    {
        (ContextCapacity needed, HashSet<string> prefixes) = Needs();

        // A client is cancelled before its needs are taken back: what was read after that is not used.
        cancellationToken.ThrowIfCancellationRequested();
        if (_context is null || _context.IsBroken || !_context.Capacity.Covers(needed))
        {
            _context?.Dispose();
            _context = null;
            _context = new InferenceContext(Model, needed, _threads);
            LogContext(Logger, needed.Tokens, needed.Sequences, _threads);
        }

        _context.KeepPrefixes(prefixes);
        return work(_context);
    }

    private (ContextCapacity Capacity, HashSet<string> Prefixes) Needs()
    {
        lock (_promptsLock)
        {
            ContextCapacity needed = default;
            foreach ((ContextCapacity capacity, _) in _prompts.Values)
            {
                needed = needed.Including(capacity);
            }

            return (needed, [.. _prompts.Keys]);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "Inference context for {Tokens} tokens in {Sequences} sequences on {Threads} threads")]
    private static partial void LogContext(ILogger logger, int tokens, int sequences, int threads);

    [LoggerMessage(5, LogLevel.Information, "Loaded {Path}: {Before} MB of the process became {After} MB, the weights are {Weights} MB")]
    private static partial void LogLoaded(ILogger logger, string path, long before, long after, long weights);
}
