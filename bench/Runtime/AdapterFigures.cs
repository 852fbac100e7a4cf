using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;

namespace EdgeBuild.Benchmarks;

/// <summary>What it costs to change the adapter with every call.</summary>
internal sealed class AdapterFigures : IRuntimePart
{
    private const int Rounds = 30;
    private const int Rank = 16;
    private const double LongestSwitch = 5;

    private static readonly string[] _names = ["first", "second"];

    /// <inheritdoc/>
    public string Name => "adapters";

    /// <inheritdoc/>
    public int Order => 5;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Figure>> MeasureAsync(RuntimeSubject subject, TextWriter log, CancellationToken cancellationToken)
    {
        string modelHash = FileHash.Sha256(subject.Path, cancellationToken);
        EdgeManifestAdapter[] adapters = [.. _names.Select((name, index) => Write(subject, name, index, modelHash, cancellationToken))];
        using EdgePromptClient client = RuntimePrompts.Open(RuntimePrompts.Record, subject.Path, adapters);
        foreach (string name in _names)
        {
            await CallAsync(name);
        }

        var same = new Timings();
        var changed = new Timings();
        for (int round = 0; round < Rounds; round++)
        {
            // The last call was of the first one.
            await changed.AddAsync(() => CallAsync(_names[1]));
            await same.AddAsync(() => CallAsync(_names[1]));
            await changed.AddAsync(() => CallAsync(_names[0]));
            await same.AddAsync(() => CallAsync(_names[0]));
        }

        double cost = changed.Median - same.Median;
        return
        [
            new Figure
            {
                Name = $"another adapter than in the call before, what it adds to a call of {same.Median:F0} ms",
                Value = cost,
                Unit = "ms",
                Goal = $"at most {LongestSwitch} ms",
                Passed = cost <= LongestSwitch,
            },
        ];

        async Task CallAsync(string adapter) =>
            await client.PredictAsync([RuntimePrompts.Input], new EdgeCallOptions { Adapter = adapter, MaxTokens = 1 }, cancellationToken);
    }

    private static EdgeManifestAdapter Write(RuntimeSubject subject, string name, int seed, string modelHash, CancellationToken cancellationToken)
    {
        string path = subject.FileBeside(name + ".lora.gguf");
        RandomAdapter.Write(subject.Path, path, Rank, seed);
        return new EdgeManifestAdapter
        {
            Name = name,
            ModelSha256 = modelHash,
            File = new EdgeManifestFile { Name = Path.GetFileName(path), Sha256 = FileHash.Sha256(path, cancellationToken), Size = new FileInfo(path).Length },
        };
    }
}
