using TorchSharp;

// The tests set libtorch's thread count, which belongs to the whole process.
[assembly: DoNotParallelize]

namespace EdgeBuild.Training.Tests;

[TestClass]
public static class TestRun
{
    /// <summary>The matrices of the fixtures are too small to share: on a busy machine a second thread costs far more than it gains.</summary>
    [AssemblyInitialize]
    public static void Use_one_thread(TestContext context)
    {
        LibTorch.Load();
        torch.set_num_threads(1);
    }
}
