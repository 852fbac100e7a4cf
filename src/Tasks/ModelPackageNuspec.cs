using System.Xml.Linq;

namespace EdgeBuild.Tasks;

/// <summary>The nuspec file of a package that holds one model, and the dependency on such packages in that of a library.</summary>
internal static class ModelPackageNuspec
{
    /// <summary>The ending of a nuspec file.</summary>
    public const string Extension = ".nuspec";

    private static readonly XNamespace _schema = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd";

    /// <summary>Writes the text of a nuspec file. The version is left to the property <c>version</c>: many a project computes it late in the pack.</summary>
    /// <param name="id">The package's id.</param>
    /// <param name="authors">The authors of the library.</param>
    /// <param name="library">The library's id.</param>
    /// <param name="content">What it holds.</param>
    /// <param name="targetsFile">The targets that bring the files beside the app.</param>
    /// <returns>XML.</returns>
    public static string Write(string id, string authors, string library, ModelPackageContent content, string targetsFile)
    {
        IEnumerable<XElement> files = content.Files.Select(file => File(file, "edge/" + Path.GetFileName(file)))
            .Append(File(targetsFile, "edge/" + Path.GetFileName(targetsFile)))
            .Append(File(targetsFile, $"buildTransitive/{id}.targets"));
        return new XElement(
            _schema + "package",
            new XElement(
                _schema + "metadata",
                new XElement(_schema + "id", id),
                new XElement(_schema + "version", "$version$"),
                new XElement(_schema + "authors", authors.Length > 0 ? authors : library),
                new XElement(_schema + "description", $"The model '{content.Model}' of {library}, whose package brings this one along.")),
            new XElement(_schema + "files", files)).ToString().Replace("\r\n", "\n") + "\n";
    }

    /// <summary>Adds dependencies to the nuspec of a library, for each of its target frameworks.</summary>
    /// <param name="library">The library's nuspec.</param>
    /// <param name="packages">The ids of the packages that it needs.</param>
    /// <param name="version">Their version.</param>
    /// <returns>Whether something was added.</returns>
    public static bool AddDependencies(XDocument library, IReadOnlyCollection<string> packages, string version)
    {
        // NuGet writes the namespace of the oldest schema that has all that the nuspec needs.
        XElement metadata = library.Root!.Elements().First(element => element.Name.LocalName == "metadata");
        XNamespace schema = metadata.Name.Namespace;
        XElement? dependencies = metadata.Element(schema + "dependencies");
        if (dependencies is null)
        {
            metadata.Add(dependencies = new XElement(schema + "dependencies"));
        }

        // That version alone: the client in the library was generated for this very model. What follows a plus sign is no part of an identity.
        string exact = $"[{version.Split('+')[0]}]";
        XElement[] groups = [.. dependencies.Elements(schema + "group").DefaultIfEmpty(dependencies)];
        bool added = false;
        foreach (XElement group in groups)
        {
            foreach (string id in packages.Where(id => group.Elements(schema + "dependency").All(dependency => dependency.Attribute("id")?.Value != id)))
            {
                group.Add(new XElement(schema + "dependency", new XAttribute("id", id), new XAttribute("version", exact)));
                added = true;
            }
        }

        return added;
    }

    private static XElement File(string source, string target) => new(_schema + "file", new XAttribute("src", source), new XAttribute("target", target));
}
