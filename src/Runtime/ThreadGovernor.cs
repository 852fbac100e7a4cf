using System.Numerics;

namespace EdgeBuild.Runtime;

/// <summary>
/// Gives up one thread while the machine is busy. The threads of llama.cpp wait for each other by spinning: when another
/// process takes a core, all wait for the one that lost it, and a step takes many times as long as with a thread less. The
/// results do not depend on the number of threads.
/// </summary>
/// <param name="cores">Number of threads on an idle machine.</param>
internal sealed class ThreadGovernor(int cores)
{
    // Steps this many times slower than the best one are slowed down by others: a core less costs at most the factor 2.
    private const double SlowFactor = 2.5;
    private const int SlowStepsToReact = 3;

    // Threads that wait by spinning use all of their processors' time, unless others take it: this shows contention also when
    // there never was a fast step to compare with.
    private const double SmallestProcessorShare = 0.6;

    // Clocks of processor time may advance in steps of 16 ms.
    private static readonly TimeSpan _shortestSharedStep = TimeSpan.FromMilliseconds(40);

    private const int SmallestPause = 32;
    private const int LargestPause = 1024;

    // Part of a step's time that does not depend on its tokens, in tokens.
    private const int FixedCostTokens = 16;

    // A large batch costs less per token than a small one: steps are compared with those of about the same size only.
    private readonly double[] _best = [.. Enumerable.Repeat(double.PositiveInfinity, 32)];
    private int _slowSteps;
    private int _pause = SmallestPause;
    private int _stepsLeft;
    private bool _probing;

    /// <summary>Gets the number of threads for the next step.</summary>
    public int Threads => _stepsLeft > 0 ? cores - 1 : cores;

    /// <summary>Takes note of how long a step took.</summary>
    /// <param name="tokens">Number of tokens of its batch.</param>
    /// <param name="elapsed">How long it took.</param>
    /// <param name="processorTime">The time that the processors worked for the process meanwhile.</param>
    public void Observe(int tokens, TimeSpan elapsed, TimeSpan processorTime)
    {
        if (cores == 1)
        {
            return;
        }

        if (_stepsLeft > 0)
        {
            _stepsLeft--;
            _probing = _stepsLeft == 0;
            return;
        }

        double cost = elapsed.TotalSeconds / (tokens + FixedCostTokens);
        ref double best = ref _best[BitOperations.Log2((uint)tokens)];
        bool starved = elapsed > _shortestSharedStep && processorTime < elapsed * cores * SmallestProcessorShare;
        if (starved || cost > best * SlowFactor)
        {
            // The first step of a process may be starved by the disk alone; two in a row are starved by others.
            _slowSteps += starved ? 2 : 1;
            if (_probing || _slowSteps >= SlowStepsToReact)
            {
                // A machine that stays busy is asked less and less often.
                _pause = _probing ? Math.Min(_pause * 2, LargestPause) : SmallestPause;
                _stepsLeft = _pause;
                _slowSteps = 0;
            }
        }
        else
        {
            best = Math.Min(best, cost);
            _slowSteps = 0;
            _pause = SmallestPause;
        }

        _probing = false;
    }
}
