using System.Net;
using System.Net.Http.Headers;

namespace EdgeBuild.Worker.Acquisition;

/// <summary>When a request is tried again, and how long before.</summary>
internal static class RetryPolicy
{
    /// <summary>So many attempts that bring nothing end a download.</summary>
    public const int MostAttempts = 5;

    /// <summary>A server that wants to be left alone longer than this is told about instead of waited for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>Tells whether the same request may succeed later.</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status is 500 or 502 or 503 or 504;

    /// <summary>Gets the wait before the next attempt.</summary>
    /// <param name="attempt">The number of attempts that have failed.</param>
    /// <param name="retryAfter">What the server asks for.</param>
    public static TimeSpan Wait(int attempt, RetryConditionHeaderValue? retryAfter = null)
    {
        TimeSpan asked = retryAfter?.Delta ?? (retryAfter?.Date - DateTimeOffset.UtcNow) ?? TimeSpan.Zero;
        var own = TimeSpan.FromSeconds(Math.Pow(2, attempt - 1));
        return asked > own ? asked : own;
    }
}
