using System.Reflection;

namespace EdgeBuild.LlamaCpp.Tests;

[TestClass]
public sealed class GpuBackendTests
{
    [TestMethod]
    public void Without_a_package_nothing_is_loaded_and_nothing_said() => Assert.IsEmpty(GpuBackends.Load());

    [TestMethod]
    public void A_file_that_cannot_be_loaded_is_told_in_one_line_and_is_no_failure()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File(GpuBackends.FileName("cuda")), "no library");

        GpuBackend backend = GpuBackends.Load(folder.Path).Single();

        Assert.AreEqual(GpuBackends.FileName("cuda"), backend.Library);
        Assert.IsEmpty(backend.Devices);
        Assert.IsFalse(string.IsNullOrWhiteSpace(backend.Problem));
        Assert.DoesNotContain("\n", backend.Problem);
    }

    [TestMethod]
    public void Vulkan_without_a_device_leaves_every_logit_as_it_was()
    {
        string? natives = typeof(GpuBackendTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .SingleOrDefault(attribute => attribute.Key == "VulkanNatives")?.Value;
        if (natives is null)
        {
            Assert.Inconclusive("There is no Vulkan package for this platform.");
        }

        var fixture = Fixture.Load("smollm2");
        float[] before = Logits(fixture, gpuLayers: 0);

        GpuBackend backend = GpuBackends.Load(natives).Single();

        if (backend.Devices.Count > 0)
        {
            Assert.Inconclusive($"This machine has a GPU: {string.Join(", ", backend.Devices)}.");
        }

        Assert.IsFalse(string.IsNullOrWhiteSpace(backend.Problem), "an app's log says why");
        CollectionAssert.AreEqual(before, Logits(fixture, gpuLayers: -1));
        CollectionAssert.AreEqual(before, Logits(fixture, gpuLayers: 0));
    }

    private static float[] Logits(Fixture fixture, int gpuLayers)
    {
        using var model = LlamaModel.Load(fixture.BasePath, new LlamaModelOptions { GpuLayerCount = gpuLayers });
        using LlamaContext context = model.CreateContext(Fixture.ExactOptions());
        return LlamaCppLogits.Of(context, fixture.Tokens);
    }
}
