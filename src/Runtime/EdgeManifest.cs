using System.Text.Json;
using System.Text.Json.Serialization;

using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Runtime;

/// <summary>
/// The file <c>edge/&lt;Model&gt;.edge.json</c> beside a model: what the model's files are, which prompts it was trained to
/// answer, and how good it was when it was built.
/// </summary>
public sealed class EdgeManifest
{
    /// <summary>The version of the file format that this assembly reads and writes.</summary>
    public const int CurrentContractVersion = 1;

    /// <summary>The ending of a manifest's file name, after the model's name.</summary>
    public const string FileNameSuffix = ArtifactFiles.ManifestSuffix;

    /// <summary>Gets the version of the file format.</summary>
    public int ContractVersion { get; init; } = CurrentContractVersion;

    /// <summary>Gets the name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Gets the files of the model; the first is the GGUF file.</summary>
    public IReadOnlyList<EdgeManifestFile> Files
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? [];
        init;
    }

    /// <summary>
    /// Gets the adapters that calls may choose; they belong to the first file. A call that names none is answered by the one with the
    /// name of the model.
    /// </summary>
    public IReadOnlyList<EdgeManifestAdapter> Adapters
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? [];
        init;
    }

    /// <summary>Gets the base model.</summary>
    public EdgeManifestBase? Base { get; init; }

    /// <summary>Gets the identifier of the chat format, for example <c>chatml</c>; null to detect it from the model file.</summary>
    public string? ChatFormat { get; init; }

    /// <summary>Gets the number of tokens that the model was trained to handle, or 0 when unknown.</summary>
    public int ContextLength { get; init; }

    /// <summary>Gets the llama.cpp release that the model was quantized and measured with.</summary>
    public string? LlamaCpp { get; init; }

    /// <summary>Gets the prompts that the model answers.</summary>
    public IReadOnlyList<EdgeManifestPrompt> Prompts
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? [];
        init;
    }

    /// <summary>Gets how good the model was on its test rows.</summary>
    public IReadOnlyList<EdgeManifestMetric> Metrics
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? [];
        init;
    }

    /// <summary>Gets where the model comes from: keys, recipe, parent, by name.</summary>
    public IReadOnlyDictionary<string, string> Provenance
    {
        // A member that the file lacks is null here: the serializer sets every init property.
        get => field ?? new Dictionary<string, string>();
        init;
    }

    /// <summary>Gets the path of the manifest that belongs to a model file.</summary>
    /// <param name="modelPath">The model file.</param>
    /// <returns>The path with the model file's extension replaced by <see cref="FileNameSuffix"/>.</returns>
    public static string PathFor(string modelPath) => Path.ChangeExtension(modelPath, null) + FileNameSuffix;

    /// <summary>Reads a manifest.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="EdgeModelException">EDGE3003: the file is missing, damaged or of another contract version.</exception>
    public static EdgeManifest Load(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                File.Exists(path)
                    ? "The model's manifest cannot be read. Check the permissions of the folder."
                    : "The model's manifest is missing. Build the project so that the model and its manifest are copied beside the app, and deploy the edge folder with the app.",
                path,
                innerException: exception);
        }

        return Parse(bytes, path);
    }

    /// <summary>Reads a manifest from UTF-8 JSON.</summary>
    /// <param name="utf8Json">The bytes of the file.</param>
    /// <param name="path">The path that errors name, or null.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="EdgeModelException">EDGE3003: the text is damaged or of another contract version.</exception>
    public static EdgeManifest Parse(ReadOnlySpan<byte> utf8Json, string? path = null)
    {
        EdgeManifest? manifest;
        try
        {
            // The version comes first: another version may have another shape, and must not be reported as damage.
            CheckVersion(utf8Json, path);
            manifest = JsonSerializer.Deserialize(utf8Json, EdgeManifestJsonContext.Default.EdgeManifest);
        }
        catch (JsonException exception)
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                "The model's manifest is damaged. Build the project again and deploy the whole edge folder.",
                path,
                new SourcePosition((int)(exception.LineNumber ?? -1) + 1, (int)(exception.BytePositionInLine ?? -1) + 1),
                exception);
        }

        return manifest ?? throw new EdgeModelException(
            ErrorCodes.ArtifactInvalid, "The model's manifest is empty. Build the project again and deploy the whole edge folder.", path);
    }

    /// <summary>Converts the manifest to indented UTF-8 JSON that ends with a line feed.</summary>
    /// <returns>The bytes of the file.</returns>
    public byte[] ToUtf8Json()
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(this, EdgeManifestJsonContext.Default.EdgeManifest);
        Array.Resize(ref json, json.Length + 1);
        json[^1] = (byte)'\n';
        return json;
    }

    /// <summary>Writes the manifest under a temporary name and renames it into place.</summary>
    /// <param name="path">The file; replaced when it exists.</param>
    public void Save(string path) => AtomicFile.Write(path, stream => stream.Write(ToUtf8Json()));

    /// <summary>Finds a prompt.</summary>
    /// <param name="name">The prompt's name.</param>
    /// <returns>The prompt, or null.</returns>
    public EdgeManifestPrompt? FindPrompt(string name) =>
        Prompts.FirstOrDefault(prompt => string.Equals(prompt.Name, name, StringComparison.Ordinal));

    private static void CheckVersion(ReadOnlySpan<byte> utf8Json, string? path)
    {
        using JsonDocument document = JsonDocument.Parse(utf8Json.ToArray());
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("contractVersion", out JsonElement element)
            || element.ValueKind != JsonValueKind.Number
            || !element.TryGetInt32(out int version))
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                "The file is not a model manifest: it has no contractVersion. Build the project again and deploy the whole edge folder.",
                path);
        }

        if (version != CurrentContractVersion)
        {
            throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                version > CurrentContractVersion
                    ? $"The model's manifest has contract version {version}, this app reads {CurrentContractVersion}: the model was built by a newer EdgeBuild. Update the EdgeBuild package of the app and build it again."
                    : $"The model's manifest has contract version {version}, this app reads {CurrentContractVersion}: the model was built by an older EdgeBuild. Build the project again.",
                path);
        }
    }
}

/// <summary>Serializers of the manifest, generated at compile time so that trimmed and ahead-of-time compiled apps work.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    RespectNullableAnnotations = true,
    NewLine = "\n",
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EdgeManifest))]
internal sealed partial class EdgeManifestJsonContext : JsonSerializerContext;
