using EdgeBuild.Contracts.Plans;
using StreamJsonRpc;

namespace EdgeBuild.LanguageServer.Models;

/// <summary>Tokens of texts, counted by the model's own vocabulary; what was counted stays, since most of a prompt stays while it is edited.</summary>
/// <param name="host">Counts.</param>
/// <param name="log">Receives why nothing can be counted.</param>
internal sealed class TokenCounts(ModelHostProcess host, Func<string, Task> log)
{
    private const int MostKept = 20_000;

    private readonly Dictionary<(string Base, TokenText Text), int> _counts = [];
    private readonly HashSet<string> _failed = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>Counts.</summary>
    /// <returns>A number for each text; null when the base is not there yet, or cannot be read.</returns>
    public async Task<int[]?> CountAsync(TrainingPlan plan, IReadOnlyList<TokenText> texts, CancellationToken cancellationToken)
    {
        string file = plan.Base.Path;
        TokenText[] missing;
        lock (_lock)
        {
            if (_failed.Contains(file) || !File.Exists(file))
            {
                return null;
            }

            missing = [.. texts.Distinct().Where(text => !_counts.ContainsKey((file, text)))];
        }

        if (missing.Length > 0)
        {
            try
            {
                int[] counts = await host.CountTokensAsync(plan.CacheDirectory, new TokenRequest(file, missing), cancellationToken).ConfigureAwait(false);
                Keep(file, missing, counts);
            }
            catch (Exception exception) when (exception is RemoteRpcException or IOException or System.ComponentModel.Win32Exception or ObjectDisposedException)
            {
                lock (_lock)
                {
                    _failed.Add(file);
                }

                await log($"EdgeBuild: tokens cannot be counted: {exception.Message}").ConfigureAwait(false);
                return null;
            }
        }

        lock (_lock)
        {
            return [.. texts.Select(text => _counts.GetValueOrDefault((file, text)))];
        }
    }

    private void Keep(string file, TokenText[] texts, int[] counts)
    {
        lock (_lock)
        {
            if (_counts.Count > MostKept)
            {
                _counts.Clear();
            }

            foreach ((TokenText text, int count) in texts.Zip(counts))
            {
                _counts[(file, text)] = count;
            }
        }
    }
}
