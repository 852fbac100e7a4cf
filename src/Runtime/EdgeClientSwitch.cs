using System.Runtime.CompilerServices;

namespace EdgeBuild.Runtime;

/// <summary>
/// A client whose model can be exchanged while the app runs: calls that have begun end on the old model, new ones go to the new one. The one
/// before stays loaded, so that going back takes no time.
/// </summary>
/// <remarks>
/// A new model is deployed under another name, or renamed over the old file; a file that is loaded must not be written to, since it is mapped into memory.
/// </remarks>
/// <typeparam name="TClient">A generated client.</typeparam>
public sealed class EdgeClientSwitch<TClient> : IEdgeClient
    where TClient : class, IEdgeClient
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _takingOver = new(1, 1);
    private Lease _current;
    private Lease? _previous;
    private bool _disposed;

    /// <summary>Initializes a new instance of the <see cref="EdgeClientSwitch{TClient}"/> class.</summary>
    /// <param name="client">The client to begin with; disposed by the switch.</param>
    public EdgeClientSwitch(TClient client)
    {
        ArgumentNullException.ThrowIfNull(client);
        _current = new Lease(client);
    }

    /// <summary>Gets a value indicating whether <see cref="RollBack"/> has a client to go back to.</summary>
    public bool CanRollBack
    {
        get
        {
            lock (_lock)
            {
                return _previous is not null;
            }
        }
    }

    /// <summary>Gets the present client, which a later exchange frees.</summary>
    internal TClient Current
    {
        get
        {
            lock (_lock)
            {
                return _current.Client;
            }
        }
    }

    /// <summary>Calls the present client.</summary>
    /// <typeparam name="TResult">The result of the call.</typeparam>
    /// <param name="call">The call; it must not keep the client.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ObjectDisposedException">The switch is disposed.</exception>
    public async Task<TResult> CallAsync<TResult>(Func<TClient, ValueTask<TResult>> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        Lease lease = Enter();
        try
        {
            return await call(lease.Client).ConfigureAwait(false);
        }
        finally
        {
            Leave(lease);
        }
    }

    /// <summary>Reads a sequence of the present client, which ends on that client.</summary>
    /// <typeparam name="TItem">The type of an item.</typeparam>
    /// <param name="call">The call; it must not keep the client.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The items.</returns>
    /// <exception cref="ObjectDisposedException">The switch is disposed.</exception>
    public async IAsyncEnumerable<TItem> StreamAsync<TItem>(
        Func<TClient, IAsyncEnumerable<TItem>> call, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        Lease lease = Enter();
        try
        {
            await foreach (TItem item in call(lease.Client).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }
        }
        finally
        {
            Leave(lease);
        }
    }

    /// <inheritdoc/>
    public Task WarmUpAsync(CancellationToken cancellationToken = default) => CallAsync(async client =>
    {
        await client.WarmUpAsync(cancellationToken).ConfigureAwait(false);
        return true;
    });

    /// <summary>
    /// Opens another client, warms it up, and sends later calls to it. When it cannot be opened, nothing changes. The client of before the last
    /// exchange is freed.
    /// </summary>
    /// <param name="open">Opens the client, for example with another <see cref="EdgeClientOptions.ModelPath"/>.</param>
    /// <param name="cancellationToken">Ends the warm-up.</param>
    /// <returns>A task that ends when the exchange is done; calls of the old client may still run.</returns>
    public async Task TakeOverAsync(Func<TClient> open, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(open);
        await _takingOver.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            TClient client = await Task.Run(open, cancellationToken).ConfigureAwait(false);
            try
            {
                await client.WarmUpAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                client.Dispose();
                throw;
            }

            Exchange(new Lease(client));
        }
        finally
        {
            _takingOver.Release();
        }
    }

    /// <summary>Sends later calls to the client of before the last exchange; the present one is kept in its place.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void RollBack()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            Lease previous = _previous ?? throw new InvalidOperationException("There is no client to go back to. Call TakeOverAsync first.");
            (_current, _previous) = (previous, _current);
        }
    }

    /// <summary>Frees the client of before the last exchange, when the new one has proved itself.</summary>
    public void ForgetPrevious()
    {
        Lease? previous;
        lock (_lock)
        {
            previous = _previous;
            _previous = null;
        }

        Retire(previous);
    }

    /// <summary>Frees the clients; running calls end first.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
        }

        ForgetPrevious();
        Retire(_current);
    }

    private Lease Enter()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _current.Users++;
            return _current;
        }
    }

    private void Exchange(Lease next)
    {
        Lease? oldest;
        lock (_lock)
        {
            if (_disposed)
            {
                next.Client.Dispose();
                throw new ObjectDisposedException(nameof(EdgeClientSwitch<TClient>));
            }

            oldest = _previous;
            _previous = _current;
            _current = next;
        }

        Retire(oldest);
    }

    private void Retire(Lease? lease)
    {
        if (lease is null)
        {
            return;
        }

        bool free;
        lock (_lock)
        {
            lease.IsRetired = true;
            free = lease.Users == 0;
        }

        if (free)
        {
            lease.Client.Dispose();
        }
    }

    private void Leave(Lease lease)
    {
        bool free;
        lock (_lock)
        {
            lease.Users--;
            free = lease.IsRetired && lease.Users == 0;
        }

        if (free)
        {
            lease.Client.Dispose();
        }
    }

    private sealed class Lease(TClient client)
    {
        public TClient Client { get; } = client;

        public int Users { get; set; }

        public bool IsRetired { get; set; }
    }
}
