using System.Collections.Concurrent;
using System.Diagnostics;

using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>Calls of several prompts by several callers for minutes, some of them cancelled. The test of the runtime and the figures share it.</summary>
/// <param name="clients">The clients of the prompts, each with one input.</param>
internal sealed class Soak(IReadOnlyList<EdgePromptClient> clients)
{
    private const int Callers = 8;
    private const int CancelledOneIn = 7;
    private const int LongestText = 16;

    // Buffers, pools and compiled code have their size after this share of the time.
    private const double WarmShare = 0.25;

    private static readonly TimeSpan _pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Exception> _failures = new();
    private int _answered;
    private int _cancelled;

    /// <summary>Runs it.</summary>
    /// <param name="duration">How long.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What it showed.</returns>
    public async Task<SoakResult> RunAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(duration);
        Task[] callers = [.. Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller, end.Token), CancellationToken.None))];
        List<double> samples = await SampleAsync(end.Token);
        await Task.WhenAll(callers);
        cancellationToken.ThrowIfCancellationRequested();
        double[] warm = [.. samples.Skip((int)(samples.Count * WarmShare))];
        int third = Math.Max(1, warm.Length / 3);
        return new SoakResult(_answered, _cancelled, [.. _failures], Median(warm[..third]), Median(warm[^third..]));
    }

    private async Task CallAsync(int caller, CancellationToken end)
    {
        var random = new Random(caller);
        for (int call = 0; !end.IsCancellationRequested; call++)
        {
            using var source = new CancellationTokenSource();
            if (call % CancelledOneIn == 0)
            {
                source.CancelAfter(random.Next(1, 60));
            }

            try
            {
                await clients[random.Next(clients.Count)].PredictAsync(
                    [$"{caller} {call}: the payment was declined twice, but the money is gone from my account"],
                    new EdgeCallOptions { MaxTokens = random.Next(1, LongestText) },
                    source.Token);
                Interlocked.Increment(ref _answered);
            }
            catch (OperationCanceledException exception) when (exception.CancellationToken == source.Token)
            {
                Interlocked.Increment(ref _cancelled);
            }
            catch (Exception exception)
            {
                _failures.Enqueue(exception);
            }
        }
    }

    private static async Task<List<double>> SampleAsync(CancellationToken end)
    {
        var samples = new List<double>();
        using var timer = new PeriodicTimer(_pause);
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                // Garbage is no leak.
                GC.Collect();
                using var self = Process.GetCurrentProcess();
                samples.Add(self.WorkingSet64 / 1e6);
            }
        }
        catch (OperationCanceledException)
        {
            // The time is over.
        }

        return samples;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(values.Count() / 2);
}
