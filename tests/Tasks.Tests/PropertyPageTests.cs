using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace EdgeBuild.Tasks.Tests;

[TestClass]
public sealed partial class PropertyPageTests
{
    private const string Xmlns = "http://schemas.microsoft.com/build/2009/properties";

    private static readonly string _build = Path.Combine(TestPaths.RepositoryRoot, "build");
    private static readonly string[] _files = Directory.GetFiles(Path.Combine(_build, "rules"), "*.xaml");

    [TestMethod]
    public void Every_element_and_attribute_is_of_the_schema()
    {
        var schema = new XamlSchema(TestPaths.BuildFrameworkAssembly);
        Assert.IsTrue(schema.HasProperty("StringProperty", "DisplayName"), "inherited from BaseProperty");
        foreach (string file in _files)
        {
            foreach (XElement element in XDocument.Load(file).Descendants())
            {
                string name = element.Name.LocalName;
                Assert.AreEqual(Xmlns, element.Name.NamespaceName);
                string[] parts = name.Split('.');
                Assert.IsTrue(parts.Length == 1 ? schema.HasType(name) : schema.HasProperty(parts[0], parts[1]), $"{file}: <{name}>");
                foreach (XAttribute attribute in element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration))
                {
                    Assert.IsTrue(schema.HasProperty(name, attribute.Name.LocalName), $"{file}: {attribute.Name.LocalName} of <{name}>");
                }
            }
        }
    }

    [TestMethod]
    public void Every_item_has_a_page_with_all_of_its_metadata()
    {
        CollectionAssert.AreEquivalent(
            MetadataNames.Known.Keys.Append("EdgeBuildProperties").ToArray(), _files.Select(Path.GetFileNameWithoutExtension).ToArray());
        foreach ((string item, string[] metadata) in MetadataNames.Known)
        {
            XElement page = Page(item).Root!;
            XElement rule = page.Elements().Single(element => element.Name.LocalName == "Rule");
            Assert.AreEqual(item, rule.Descendants().Single(element => element.Name.LocalName == "DataSource").Attribute("ItemType")!.Value);
            CollectionAssert.AreEquivalent(metadata, PropertiesOf(rule), item);
            XElement type = page.Elements().Single(element => element.Name.LocalName == "ItemType");
            Assert.AreEqual(item, type.Attribute("Name")!.Value);
            Assert.AreEqual("False", type.Attribute("UpToDateCheckInput")!.Value, "models are no files, and rows are no input of the assembly: Items.targets names them in a set of their own");
        }
    }

    [TestMethod]
    public void The_page_of_the_project_has_the_properties_that_the_documentation_names()
    {
        string[] documented = [.. DocumentedProperty().Matches(File.ReadAllText(Path.Combine(TestPaths.RepositoryRoot, "docs", "items.md"))).Select(match => match.Groups[1].Value)];
        Assert.IsNotEmpty(documented);
        Assert.IsEmpty(PropertiesOf(Page("EdgeBuildProperties").Root!).Except(documented));
    }

    [TestMethod]
    public void Every_page_is_registered_and_every_category_is_declared()
    {
        string props = File.ReadAllText(Path.Combine(_build, "EdgeBuild.props"));
        foreach (string file in _files)
        {
            Assert.Contains("rules/" + Path.GetFileName(file), props);
            XElement[] elements = [.. XDocument.Load(file).Descendants()];
            string[] declared = [.. elements.Where(element => element.Name.LocalName == "Category").Select(element => element.Attribute("Name")!.Value)];
            Assert.IsEmpty(elements.Attributes("Category").Select(attribute => attribute.Value).Except(declared), file);
        }
    }

    /// <summary>The build is skipped while this line stays the same, so a setting that is missing in it would be changed without effect.</summary>
    [TestMethod]
    public void Every_metadata_is_part_of_what_decides_about_a_build_without_work()
    {
        string targets = File.ReadAllText(Path.Combine(_build, "EdgeBuild.Training.targets"));
        foreach ((string item, string[] metadata) in MetadataNames.Known)
        {
            string source = item == "EdgeBase" ? "_EdgeBuildBase" : item;
            string line = targets.Split('\n').Single(line => line.Contains($"<_EdgeBuildInput Include=\"@({source}->", StringComparison.Ordinal));

            // Neither changes what is trained; the generator sees them through the compiler.
            foreach (string name in metadata.Except(["Namespace", "ClientName"]))
            {
                Assert.Contains($"%({name})", line);
            }
        }
    }

    private static XDocument Page(string name) => XDocument.Load(Path.Combine(_build, "rules", name + ".xaml"));

    private static string[] PropertiesOf(XElement rule) =>
        [.. rule.Descendants().Where(element => element.Name.LocalName.EndsWith("Property", StringComparison.Ordinal)).Select(element => element.Attribute("Name")!.Value)];

    [GeneratedRegex(@"^\| `(EdgeBuild\w+)`", RegexOptions.Multiline)]
    private static partial Regex DocumentedProperty();
}
