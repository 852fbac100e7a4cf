using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Tasks;

/// <summary>The manifest of a plain model with the adapters of a project.</summary>
internal static class PlainManifest
{
    private const string Adapters = "adapters";

    /// <summary>Copies a manifest and lists adapters in it.</summary>
    /// <param name="plain">The manifest of the plain model.</param>
    /// <param name="adapters">The manifests of the adapters, each with itself as the only adapter.</param>
    /// <returns>The manifest.</returns>
    public static string WithAdapters(string plain, IEnumerable<string> adapters)
    {
        JsonTextWriter writer = new JsonTextWriter(int.MaxValue).BeginObject();
        foreach (JsonProperty property in JsonText.Parse(plain).Properties.Where(property => property.Name != Adapters))
        {
            writer.Value(property.Name, property.Value);
        }

        writer.BeginArray(Adapters);
        foreach (JsonValue adapter in adapters.SelectMany(manifest => JsonText.Parse(manifest)[Adapters]?.Items ?? []))
        {
            writer.Value(null, adapter);
        }

        return writer.EndArray().EndObject().ToString();
    }
}
