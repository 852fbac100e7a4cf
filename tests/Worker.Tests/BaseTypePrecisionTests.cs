using EdgeBuild.Contracts;
using EdgeBuild.Contracts.Plans;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Tests;

[TestClass]
public sealed class BaseTypePrecisionTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-types-").FullName;

    [TestCleanup]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("Q4_1", "Base", true)]
    [DataRow("Q5_1", "base", true)]
    [DataRow("Q8_0", "Base", false)]
    [DataRow("F16", "Base", false)]
    [DataRow("Q4_1", "Q8_0", false)]
    public void Keeping_the_types_of_a_base_is_a_warning_when_they_are_coarse(string baseType, string quantization, bool warns)
    {
        string path = Path.Combine(_folder, "base.gguf");
        ModelQuantizer.Quantize(RepositoryFiles.Fixture("llama3", "base.gguf"), path, baseType, new ModelQuantizationOptions { AllowRequantize = true });
        Diagnostic? warning = BaseTypePrecision.Check(Plan(path, quantization));

        Assert.AreEqual(warns, warning is not null);
        if (warning is not null)
        {
            Assert.AreEqual(ErrorCodes.CoarseQuantization, warning.Code);
            Assert.IsFalse(warning.IsError);
            Assert.Contains(baseType, warning.Message);
            Assert.Contains("Q8_0", warning.Message);
        }
    }

    private static TrainingPlan Plan(string basePath, string quantization) => new()
    {
        Model = "Support",
        AdapterKey = "a",
        ModelKey = "m",
        ParentAdapterKey = string.Empty,
        Quantization = quantization,
        CacheDirectory = "cache",
        Base = new PlannedBase("own", basePath, "0", "MIT", "own"),
        Recipe = new PlannedRecipe(),
        Gates = new PlannedGates(null, null),
        Prompts = [],
        LastAccuracy = new Dictionary<string, double>(),
        MaxTrainingMinutes = 0,
        Threads = 0,
        Offline = false,
    };
}
