using EdgeBuild.Contracts.Json;

namespace EdgeBuild.Contracts.Locking;

/// <summary>
/// <c>edgebuild.lock.json</c>: written by an Auto build before the compiler runs, read by the generator and by Locked builds. One entry a line, sorted,
/// so that merges are by line; a conflict is resolved by building again.
/// </summary>
public sealed class LockFile
{
    /// <summary>The version of the format.</summary>
    public const int ContractVersion = 1;

    /// <summary>The file's name, beside the project file.</summary>
    public const string FileName = "edgebuild.lock.json";

    /// <summary>Gets the models by name.</summary>
    public SortedDictionary<string, LockedModel> Models { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the adapters by name.</summary>
    public SortedDictionary<string, LockedAdapter> Adapters { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the hashes of the prompts that the models were trained for, by name; empty in files of older versions.</summary>
    public SortedDictionary<string, string> Prompts { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the labels by <c>prompt/output</c>, in the order of the generated enum.</summary>
    public SortedDictionary<string, IReadOnlyList<string>> Labels { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the scores by <see cref="MetricKey"/>.</summary>
    public SortedDictionary<string, LockedMetric> Metrics { get; } = new(StringComparer.Ordinal);

    /// <summary>The key of an output in <see cref="Labels"/>.</summary>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="output">The output's name.</param>
    /// <returns><c>prompt/output</c>.</returns>
    public static string OutputKey(string prompt, string output) => prompt + "/" + output;

    /// <summary>The key of an output in <see cref="Metrics"/>.</summary>
    /// <param name="adapter">The adapter that answers; empty for calls that name none.</param>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="output">The output's name.</param>
    /// <returns><c>prompt/output</c> or <c>adapter:prompt/output</c>.</returns>
    public static string MetricKey(string adapter, string prompt, string output) =>
        adapter.Length == 0 ? OutputKey(prompt, output) : adapter + ":" + OutputKey(prompt, output);

    /// <summary>Reads a lock file.</summary>
    /// <param name="path">The file's path, for messages.</param>
    /// <param name="text">Its text.</param>
    /// <returns>The lock file.</returns>
    /// <exception cref="EdgeBuildException">EDGE0006: the text is damaged, has merge markers, or is of a newer version.</exception>
    public static LockFile Parse(string path, string text)
    {
        JsonValue root;
        try
        {
            root = JsonText.Parse(text);
        }
        catch (JsonSyntaxException exception)
        {
            throw new EdgeBuildException(
                ErrorCodes.InvalidLockFile,
                $"The lock file is not valid: {exception.Message}. Delete it, or take either side of a merge conflict, and build again.",
                path,
                exception.Position,
                exception);
        }

        if (root.GetNumber("contractVersion") is not { } version || (int)version > ContractVersion)
        {
            throw new EdgeBuildException(
                ErrorCodes.InvalidLockFile,
                $"The lock file is of another version than {ContractVersion}. Update the EdgeBuild package, or delete the file and build again.",
                path,
                new SourcePosition(1, 1));
        }

        var result = new LockFile();
        foreach (JsonProperty entry in Members(root, "models"))
        {
            result.Models[entry.Name] = new LockedModel
            {
                ModelKey = Required(path, entry.Value, "key"),
                AdapterKey = Required(path, entry.Value, "adapterKey"),
                Sha256 = Required(path, entry.Value, "sha256"),
                Quantization = Required(path, entry.Value, "quantization"),
                Base = Required(path, entry.Value, "base"),
                BaseSha256 = Required(path, entry.Value, "baseSha256"),
                BaseSource = entry.Value.GetString("baseSource") ?? string.Empty,
                License = Required(path, entry.Value, "license"),
            };
        }

        foreach (JsonProperty entry in Members(root, "adapters"))
        {
            result.Adapters[entry.Name] = new LockedAdapter
            {
                Model = Required(path, entry.Value, "model"),
                ModelKey = Required(path, entry.Value, "key"),
                AdapterKey = Required(path, entry.Value, "adapterKey"),
                Sha256 = Required(path, entry.Value, "sha256"),
            };
        }

        foreach (JsonProperty entry in Members(root, "prompts"))
        {
            result.Prompts[entry.Name] = entry.Value.Text;
        }

        foreach (JsonProperty entry in Members(root, "labels"))
        {
            result.Labels[entry.Name] = [.. entry.Value.Items.Select(item => item.Text)];
        }

        foreach (JsonProperty entry in Members(root, "metrics"))
        {
            result.Metrics[entry.Name] = new LockedMetric
            {
                Accuracy = entry.Value.GetNumber("accuracy") ?? 0,
                MacroF1 = entry.Value.GetNumber("macroF1"),
                RougeL = entry.Value.GetNumber("rougeL"),
                Chrf = entry.Value.GetNumber("chrf"),
                FieldAccuracy = entry.Value.GetNumber("fieldAccuracy"),
                Rows = (int)(entry.Value.GetNumber("rows") ?? 0),
                BaseAccuracy = entry.Value.GetNumber("baseAccuracy") ?? 0,
                BaseRougeL = entry.Value.GetNumber("baseRougeL"),
                BaseChrf = entry.Value.GetNumber("baseChrf"),
                RowsHash = entry.Value.GetString("rowsHash") ?? string.Empty,
                QuantizationLoss = entry.Value.GetNumber("quantizationLoss"),
            };
        }

        return result;
    }

    /// <summary>Writes the text of the lock file; equal content gives equal bytes.</summary>
    /// <returns>JSON with LF line ends.</returns>
    public string ToText()
    {
        JsonTextWriter writer = new JsonTextWriter(2).BeginObject().Number("contractVersion", ContractVersion).BeginObject("models");
        foreach (KeyValuePair<string, LockedModel> entry in Models)
        {
            writer.BeginObject(entry.Key)
                .String("key", entry.Value.ModelKey)
                .String("adapterKey", entry.Value.AdapterKey)
                .String("sha256", entry.Value.Sha256)
                .String("quantization", entry.Value.Quantization)
                .String("base", entry.Value.Base)
                .String("baseSha256", entry.Value.BaseSha256);
            if (entry.Value.BaseSource.Length > 0)
            {
                writer.String("baseSource", entry.Value.BaseSource);
            }

            writer.String("license", entry.Value.License).EndObject();
        }

        if (Adapters.Count > 0)
        {
            writer.EndObject().BeginObject("adapters");
            foreach (KeyValuePair<string, LockedAdapter> entry in Adapters)
            {
                writer.BeginObject(entry.Key)
                    .String("model", entry.Value.Model)
                    .String("key", entry.Value.ModelKey)
                    .String("adapterKey", entry.Value.AdapterKey)
                    .String("sha256", entry.Value.Sha256)
                    .EndObject();
            }
        }

        if (Prompts.Count > 0)
        {
            writer.EndObject().BeginObject("prompts");
            foreach (KeyValuePair<string, string> entry in Prompts)
            {
                writer.String(entry.Key, entry.Value);
            }
        }

        writer.EndObject().BeginObject("labels");
        foreach (KeyValuePair<string, IReadOnlyList<string>> entry in Labels)
        {
            writer.Strings(entry.Key, entry.Value);
        }

        writer.EndObject().BeginObject("metrics");
        foreach (KeyValuePair<string, LockedMetric> entry in Metrics)
        {
            writer.BeginObject(entry.Key).Number("accuracy", Math.Round(entry.Value.Accuracy, 4));
            AddMeasured("macroF1", entry.Value.MacroF1);
            AddMeasured("rougeL", entry.Value.RougeL);
            AddMeasured("chrf", entry.Value.Chrf);
            AddMeasured("fieldAccuracy", entry.Value.FieldAccuracy);
            writer.Number("rows", entry.Value.Rows).Number("baseAccuracy", Math.Round(entry.Value.BaseAccuracy, 4));
            AddMeasured("baseRougeL", entry.Value.BaseRougeL);
            AddMeasured("baseChrf", entry.Value.BaseChrf);
            writer.String("rowsHash", entry.Value.RowsHash);
            AddMeasured("quantizationLoss", entry.Value.QuantizationLoss);
            writer.EndObject();
        }

        return writer.EndObject().EndObject().ToString();

        void AddMeasured(string name, double? value)
        {
            if (value is { } measured)
            {
                writer.Number(name, Math.Round(measured, 4));
            }
        }
    }

    private static IReadOnlyList<JsonProperty> Members(JsonValue root, string name) => root[name]?.Properties ?? [];

    private static string Required(string path, JsonValue entry, string name) =>
        entry.GetString(name) ?? throw new EdgeBuildException(
            ErrorCodes.InvalidLockFile,
            $"The lock file's entry lacks '{name}'. Delete the file and build again.",
            path,
            entry.Position);
}
