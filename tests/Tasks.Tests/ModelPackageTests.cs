using System.IO.Compression;
using System.Xml.Linq;
using Microsoft.Build.Utilities;

namespace EdgeBuild.Tasks.Tests;

/// <summary>Which package a model travels in. That NuGet packs and restores it is tested with real packages.</summary>
[TestClass]
public sealed class ModelPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("edgebuild-packages-").FullName;
    private readonly RecordingBuildEngine _engine = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Each_large_model_gets_a_package_with_its_adapters_and_its_notice()
    {
        string[] files =
        [
            Write("Support.gguf"), Write("Support.edge.json", """{"adapters": [{"name": "acme"}]}"""), Write("Support.NOTICE.txt"), Write("acme.lora.gguf"), Write("acme.lora.NOTICE.txt"),
            Write("Tone.gguf"), Write("Tone.edge.json", "{}"),
        ];
        PlanModelPackages task = Plan(files, modelLimit: "0.0001");

        Assert.IsTrue(task.Execute(), Errors);
        Assert.IsEmpty(task.Packed);
        CollectionAssert.AreEqual(files[..5], ModelFilesOf("Desk.Model.Support"));
        CollectionAssert.AreEqual(files[5..], ModelFilesOf("Desk.Model.Tone"));
        Assert.AreEqual("Desk.Model.Support", Nuspec("Desk.Model.Support").Descendants().Single(element => element.Name.LocalName == "id").Value);
    }

    [TestMethod]
    public void Models_that_have_become_small_travel_with_the_library_again()
    {
        string[] files = [Write("Support.gguf"), Write("Support.edge.json", "{}")];
        Assert.IsTrue(Plan(files, modelLimit: "0.0001").Execute(), Errors);
        string before = File.ReadAllText(ContentFile);
        PlanModelPackages task = Plan(files, modelLimit: "1");

        Assert.IsTrue(task.Execute(), Errors);
        Assert.HasCount(2, task.Packed);
        Assert.IsEmpty(Directory.GetFiles(Packages, "*.nuspec"));
        Assert.AreNotEqual(before, File.ReadAllText(ContentFile), "NuGet packs again only when an input has changed");
    }

    [TestMethod]
    [DataRow("Support", "0.0001", "0.0002", "EDGE3010", "The model 'Support' takes")]
    [DataRow("Support", "1", "0.0002", "EDGE3010", "The models of the package take")]
    [DataRow("Support", "0", "200", "EDGE0001", "EdgeBuildPackModelLimit is '0'")]
    [DataRow("Support", "100", "much", "EDGE0001", "EdgeBuildPackageLimit is 'much'")]
    [DataRow("a--b", "0.0001", "200", "EDGE0001", "'Desk.Model.a--b', which is no id")]
    public void What_no_feed_takes_is_an_error(string model, string modelLimit, string packageLimit, string code, string message)
    {
        PlanModelPackages task = Plan([Write(model + ".gguf"), Write(model + ".edge.json", "{}")], modelLimit, packageLimit);

        Assert.IsFalse(task.Execute());
        Assert.AreEqual(code, _engine.Errors.Single().Code);
        Assert.Contains(message, _engine.Errors[0].Message!);
    }

    [TestMethod]
    [DataRow("""<dependencies><group targetFramework="net8.0"><dependency id="Other" version="1.0.0" /></group><group targetFramework="net10.0" /></dependencies>""", 2)]
    [DataRow("""<dependencies><dependency id="Other" version="1.0.0" /></dependencies>""", 1)]
    [DataRow("", 1)]
    public void The_package_of_a_library_depends_on_that_version_for_every_framework_and_once(string dependencies, int count)
    {
        string package = Path.Combine(_folder, "Desk.nupkg");
        using (ZipArchive archive = ZipFile.Open(package, ZipArchiveMode.Create))
        using (var nuspec = new StreamWriter(archive.CreateEntry("Desk.nuspec").Open()))
        {
            nuspec.Write($"""<package xmlns="http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd"><metadata><id>Desk</id>{dependencies}</metadata></package>""");
        }

        Assert.IsTrue(Add().Execute(), Errors);
        byte[] once = File.ReadAllBytes(package);
        Assert.IsTrue(Add().Execute(), Errors);
        CollectionAssert.AreEqual(once, File.ReadAllBytes(package));
        using ZipArchive changed = ZipFile.OpenRead(package);
        using Stream content = changed.GetEntry("Desk.nuspec")!.Open();
        XElement[] added = [.. XDocument.Load(content).Descendants().Where(element => element.Attribute("id")?.Value == "Desk.Model.Support")];
        Assert.HasCount(count, added);
        foreach (XElement dependency in added)
        {
            Assert.AreEqual("[1.2.3-beta]", dependency.Attribute("version")!.Value);
            Assert.AreEqual("http://schemas.microsoft.com/packaging/2012/06/nuspec.xsd", dependency.Name.NamespaceName);
        }

        AddModelDependencies Add() => new()
        {
            BuildEngine = _engine,
            ProjectFile = Path.Combine(_folder, "Desk.csproj"),
            Package = package,
            PackageVersion = "1.2.3-beta+build.7",
            ModelPackages = ["Desk.Model.Support"],
        };
    }

    private string Errors => string.Join('\n', _engine.Errors.Select(error => error.Message));

    private string Packages => Path.Combine(_folder, "packages");

    private string ContentFile => Path.Combine(Packages, "content.txt");

    private PlanModelPackages Plan(string[] files, string modelLimit, string packageLimit = "200") => new()
    {
        BuildEngine = _engine,
        ProjectFile = Path.Combine(_folder, "Desk.csproj"),
        Files = [.. files.Select(file => new TaskItem(file))],
        ModelLimit = modelLimit,
        PackageLimit = packageLimit,
        Directory = Packages,
        ContentFile = ContentFile,
        TargetsFile = Path.Combine(_folder, "EdgeBuild.Model.targets"),
        PackageId = "Desk",
    };

    private XDocument Nuspec(string id) => XDocument.Load(Path.Combine(Packages, id + ".nuspec"));

    private string[] ModelFilesOf(string id) =>
    [
        .. Nuspec(id).Descendants().Where(element => element.Name.LocalName == "file").Select(element => element.Attribute("src")!.Value)
            .Where(source => !source.EndsWith(".targets", StringComparison.Ordinal)),
    ];

    private string Write(string name, string? content = null)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content ?? new string('x', 1000));
        return path;
    }
}
