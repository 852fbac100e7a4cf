using System.Xml;
using System.Xml.Linq;
using EdgeBuild.Contracts;
using Microsoft.Build.Framework;

namespace EdgeBuild.Tasks;

/// <summary>Finds the line of a project file that declares an item, which MSBuild itself does not tell.</summary>
/// <param name="projectFile">The project.</param>
internal sealed class ItemOrigin(string projectFile)
{
    private readonly Dictionary<string, XDocument?> _documents = new(StringComparer.Ordinal);

    /// <summary>Creates an error about an item.</summary>
    public EdgeBuildException Error(string code, string itemType, ITaskItem item, string message)
    {
        (string path, SourcePosition position) = Find(itemType, item);
        return new EdgeBuildException(code, message, path, position);
    }

    /// <summary>Finds the line that declares an item.</summary>
    /// <returns>File and place; the project without a place when no line declares it.</returns>
    public (string Path, SourcePosition Position) Find(string itemType, ITaskItem item)
    {
        string[] files = [item.GetMetadata("DefiningProjectFullPath"), projectFile];
        foreach (string path in files.Where(path => path.Length > 0).Distinct(StringComparer.Ordinal))
        {
            XElement[] declared = [.. Load(path)?.Descendants().Where(candidate => candidate.Name.LocalName == itemType) ?? []];

            // Two items may differ in case only, which is the error to be placed.
            XElement? element = Including(declared, item.ItemSpec, StringComparison.Ordinal) ?? Including(declared, item.ItemSpec, StringComparison.OrdinalIgnoreCase);
            if (element is IXmlLineInfo place && place.HasLineInfo())
            {
                return (path, new SourcePosition(place.LineNumber, Math.Max(1, place.LinePosition - 1)));
            }
        }

        return (projectFile, default);
    }

    private static XElement? Including(IEnumerable<XElement> declared, string itemSpec, StringComparison comparison) => declared.FirstOrDefault(element =>
        element.Attribute("Include")?.Value.Split(';').Any(part => string.Equals(WithSlashes(part.Trim()), WithSlashes(itemSpec), comparison)) == true);

    private static string WithSlashes(string path) => path.Replace('\\', '/');

    private XDocument? Load(string path)
    {
        if (!_documents.TryGetValue(path, out XDocument? document))
        {
            try
            {
                document = XDocument.Load(path, LoadOptions.SetLineInfo);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
            {
                // Only the line is lost; MSBuild has read the project from somewhere.
                document = null;
            }

            _documents.Add(path, document);
        }

        return document;
    }
}
