using TorchSharp;

namespace EdgeBuild.Training.Tests;

/// <summary>Another number of libtorch's threads while a test runs.</summary>
internal sealed class ThreadCount : IDisposable
{
    private readonly int _before = torch.get_num_threads();

    public ThreadCount(int count) => torch.set_num_threads(count);

    public void Dispose() => torch.set_num_threads(_before);
}
