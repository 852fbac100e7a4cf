using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace EdgeBuild.Tasks.Tests;

/// <summary>
/// The schema of property pages: the classes that Visual Studio deserializes them into. They are part of Microsoft.Build.Framework for .NET
/// Framework only, so its metadata is read and nothing is loaded.
/// </summary>
internal sealed class XamlSchema
{
    private const string Namespace = "Microsoft.Build.Framework.XamlTypes";

    private readonly Dictionary<string, (string Base, HashSet<string> Properties)> _types = new(StringComparer.Ordinal);

    public XamlSchema(string assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        MetadataReader reader = image.GetMetadataReader();
        foreach (TypeDefinition type in reader.TypeDefinitions.Select(reader.GetTypeDefinition).Where(type => reader.GetString(type.Namespace) == Namespace))
        {
            string parent = type.BaseType is { IsNil: false, Kind: HandleKind.TypeDefinition } ? reader.GetString(reader.GetTypeDefinition((TypeDefinitionHandle)type.BaseType).Name) : string.Empty;
            IEnumerable<string> properties = type.GetProperties().Select(reader.GetPropertyDefinition).Select(property => reader.GetString(property.Name));
            _types.Add(reader.GetString(type.Name), (parent, [.. properties]));
        }
    }

    public bool HasType(string name) => _types.ContainsKey(name);

    public bool HasProperty(string type, string property) =>
        _types.TryGetValue(type, out (string Base, HashSet<string> Properties) found) && (found.Properties.Contains(property) || HasProperty(found.Base, property));
}
