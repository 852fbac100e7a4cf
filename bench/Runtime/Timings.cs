using System.Diagnostics;

namespace EdgeBuild.Benchmarks;

/// <summary>Times of equal pieces of work, in milliseconds.</summary>
internal sealed class Timings
{
    private readonly List<double> _values = [];

    /// <summary>Gets the median.</summary>
    public double Median => At(0.5);

    /// <summary>Gets the time that 99 of 100 keep, over the median.</summary>
    public double Spread => At(0.99) / Median;

    /// <summary>Gets their number.</summary>
    public int Count => _values.Count;

    /// <summary>Measures a call.</summary>
    /// <param name="call">The call.</param>
    /// <returns>A task that ends with it.</returns>
    public async Task AddAsync(Func<Task> call)
    {
        long start = Stopwatch.GetTimestamp();
        await call();
        Add(Stopwatch.GetElapsedTime(start));
    }

    /// <summary>Takes a time.</summary>
    /// <param name="time">The time.</param>
    public void Add(TimeSpan time) => _values.Add(time.TotalMilliseconds);

    /// <summary>Makes a figure of the median and that of others.</summary>
    /// <param name="name">What is measured.</param>
    /// <param name="referenceName">What the others are.</param>
    /// <param name="reference">The others.</param>
    /// <param name="mostTimes">The largest ratio, or null for no goal.</param>
    /// <returns>The figure.</returns>
    public Figure Against(string name, string referenceName, Timings reference, double? mostTimes = null) => new()
    {
        Name = name,
        Value = Median,
        Unit = "ms",
        ReferenceName = referenceName,
        Reference = reference.Median,
        Goal = mostTimes is double times ? $"at most {times} times" : null,
        Passed = mostTimes is double most ? Median <= most * reference.Median : null,
    };

    private double At(double share) => _values.Order().ElementAt((int)Math.Min(_values.Count - 1, Math.Floor(share * _values.Count)));
}
