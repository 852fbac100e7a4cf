using EdgeBuild.Training;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class InterruptedRunTests
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [TestCleanup]
    public void Delete()
    {
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [TestMethod]
    public void A_run_that_goes_on_has_the_number_format_and_micro_batches_of_the_interrupted_one()
    {
        Assert.AreEqual(ComputeType.Auto, new InterruptedRun(_folder).ComputeType);
        Assert.IsNull(new InterruptedRun(_folder).TokensPerPass);
        new InterruptedRun(_folder).Remember(ComputeType.BFloat16, 512);
        Assert.AreEqual(ComputeType.BFloat16, new InterruptedRun(_folder).ComputeType);
        Assert.AreEqual(512, new InterruptedRun(_folder).TokensPerPass);
    }

    [TestMethod]
    public void A_note_that_was_cut_off_is_as_none()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(Path.Combine(_folder, "compute-type.txt"), "BFlo");
        Assert.AreEqual(ComputeType.Auto, new InterruptedRun(_folder).ComputeType);
    }
}
