using EdgeBuild.Training;
using TorchSharp;

[assembly: Parallelize(Scope = ExecutionScope.MethodLevel)]

namespace EdgeBuild.Worker.Tests;

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
