using System.Globalization;
using System.Text.Json;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;

namespace EdgeBuild.Training;

/// <summary>LoRA adapters in the form of Hugging Face PEFT: <c>adapter_config.json</c> and <c>adapter_model.safetensors</c>.</summary>
internal static class PeftAdapterFile
{
    public const string ConfigurationName = "adapter_config.json";
    public const string WeightsName = "adapter_model.safetensors";

    private const string Prefix = "base_model.model.";
    private const string SuffixA = ".lora_A.weight";
    private const string SuffixB = ".lora_B.weight";

    /// <summary>α · √r / √r is α but for the last digits.</summary>
    private const int RootDigits = 9;
    private static readonly JsonWriterOptions _indented = new() { Indented = true };

    /// <summary>Reads a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="model">The base model.</param>
    /// <returns>The adapter.</returns>
    /// <exception cref="EdgeBuildException">EDGE3002: it does not fit, or has parts that LoRA files of llama.cpp cannot hold.</exception>
    public static LoraAdapter Read(string directory, BaseModel model)
    {
        string path = Path.Combine(directory, ConfigurationName);
        string weights = Path.Combine(directory, WeightsName);
        if (new[] { path, weights }.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw Mismatch(missing, "the file does not exist");
        }

        (int rank, double alpha, bool rankStabilized) = ReadConfiguration(path);
        SafetensorsFile file = SafetensorsFile.Read(weights);
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string name, SafetensorsTensor tensor) in file.Tensors)
        {
            string module = ModuleOf(name) ?? throw Mismatch(weights, $"its tensor '{name}' is no LoRA matrix");
            if (name.EndsWith(SuffixA, StringComparison.Ordinal))
            {
                ranks[module] = tensor.Shape.Length == 2 ? checked((int)tensor.Shape[0]) : 0;
            }
            else if (!file.Tensors.ContainsKey(Prefix + module + SuffixA))
            {
                throw Mismatch(weights, $"its tensor '{Prefix + module + SuffixA}' is missing");
            }
        }

        if (ranks.Count == 0)
        {
            throw Mismatch(weights, "it has no matrices");
        }

        if (rankStabilized && ranks.Values.Any(value => value != rank))
        {
            throw Mismatch(path, "it is rank stabilized and its ranks differ");
        }

        var layout = new LoraLayout(model.Configuration, part => ranks.GetValueOrDefault(part.ModulePath));
        if (layout.Slots.Count != ranks.Count)
        {
            throw Mismatch(weights, "it adapts layers that the base model does not have");
        }

        // All values before the adapter: it is native memory, which an exception would leave behind.
        var matrices = layout.Slots.Select(slot =>
        {
            float[] a = Required(slot.Part.ModulePath + SuffixA, slot.Rank, slot.Part.InputLength);
            float[] b = Required(slot.Part.ModulePath + SuffixB, slot.Part.OutputLength, slot.Rank);
            return (Slot: slot, A: a, B: HeadRowOrder.Reorder(b, slot.Rank, PermutedHeads(model.Architecture, slot), toGguf: true));
        }).ToList();

        // The file format of llama.cpp knows α / r only; α · √r there is α / √r of rank stabilized adapters.
        var adapter = new LoraAdapter(model.Configuration, layout, rankStabilized ? alpha * Math.Sqrt(rank) : alpha, model.Device, rankStabilized);
        foreach ((LoraSlot slot, float[] a, float[] b) in matrices)
        {
            adapter.SetA(slot, a);
            adapter.SetB(slot, b);
        }

        return adapter;

        float[] Required(string name, int rows, int columns)
        {
            if (!file.Tensors.TryGetValue(Prefix + name, out SafetensorsTensor? tensor))
            {
                throw Mismatch(weights, $"its tensor '{Prefix + name}' is missing");
            }

            return tensor.Shape.AsSpan().SequenceEqual([(long)rows, columns])
                ? tensor.Values
                : throw Mismatch(weights, $"the shape of its tensor '{Prefix + name}' is another than the base model's");
        }
    }

    /// <summary>Writes a folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="baseModelName">The base model's name.</param>
    public static void Write(string directory, LoraAdapter adapter, string baseModelName)
    {
        Directory.CreateDirectory(directory);
        ArchitectureDescription architecture = ArchitectureDescription.Of(adapter.Configuration);
        var tensors = new SortedDictionary<string, SafetensorsTensor>(StringComparer.Ordinal);
        foreach (LoraSlot slot in adapter.Layout.Slots)
        {
            tensors.Add(Prefix + slot.Part.ModulePath + SuffixA, new SafetensorsTensor([slot.Rank, slot.Part.InputLength], adapter.GetA(slot)));
            float[] b = HeadRowOrder.Reorder(adapter.GetB(slot), slot.Rank, PermutedHeads(architecture, slot), toGguf: false);
            tensors.Add(Prefix + slot.Part.ModulePath + SuffixB, new SafetensorsTensor([slot.Part.OutputLength, slot.Rank], b));
        }

        SafetensorsFile.Write(Path.Combine(directory, WeightsName), tensors);
        AtomicFile.Write(Path.Combine(directory, ConfigurationName), stream => WriteConfiguration(stream, adapter, baseModelName));
    }

    private static int PermutedHeads(ArchitectureDescription architecture, LoraSlot slot) =>
        architecture.PermutesQueryAndKey ? slot.Part.RotatedHeadCount : 0;

    private static string? ModuleOf(string name)
    {
        string? suffix = new[] { SuffixA, SuffixB }.FirstOrDefault(suffix => name.EndsWith(suffix, StringComparison.Ordinal));
        return suffix is not null && name.StartsWith(Prefix, StringComparison.Ordinal) ? name[Prefix.Length..^suffix.Length] : null;
    }

    private static (int Rank, double Alpha, bool RankStabilized) ReadConfiguration(string path)
    {
        JsonElement root;
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            root = document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw Mismatch(path, $"it is not JSON ({exception.Message})");
        }

        if (root.ValueKind != JsonValueKind.Object || Text("peft_type") != "LORA")
        {
            throw Mismatch(path, "its type is not LORA");
        }

        foreach (string key in (string[])["use_dora", "lora_bias", "fan_in_fan_out"])
        {
            if (Property(key).ValueKind == JsonValueKind.True)
            {
                throw Mismatch(path, $"'{key}' is set, which no GGUF adapter can hold");
            }
        }

        if (Text("bias") is not (null or "none") || HasContent("modules_to_save") || HasContent("alpha_pattern"))
        {
            throw Mismatch(path, "it has biases, whole modules or several alphas, which EdgeBuild does not import");
        }

        int rank = Property("r").ValueKind == JsonValueKind.Number ? Property("r").GetInt32() : 8;
        double alpha = Property("lora_alpha").ValueKind == JsonValueKind.Number ? Property("lora_alpha").GetDouble() : 8;
        return (rank, alpha, Property("use_rslora").ValueKind == JsonValueKind.True);

        JsonElement Property(string key) => root.TryGetProperty(key, out JsonElement value) ? value : default;
        string? Text(string key) => Property(key).ValueKind == JsonValueKind.String ? Property(key).GetString() : null;
        bool HasContent(string key) => Property(key) switch
        {
            { ValueKind: JsonValueKind.Array } array => array.GetArrayLength() > 0,
            { ValueKind: JsonValueKind.Object } value => value.EnumerateObject().Any(),
            _ => false,
        };
    }

    private static void WriteConfiguration(Stream stream, LoraAdapter adapter, string baseModelName)
    {
        using var json = new Utf8JsonWriter(stream, _indented);
        json.WriteStartObject();
        json.WriteStartObject("alpha_pattern");
        json.WriteEndObject();
        json.WriteString("base_model_name_or_path", baseModelName);
        json.WriteString("bias", "none");
        json.WriteBoolean("fan_in_fan_out", false);
        json.WriteBoolean("inference_mode", true);
        json.WriteBoolean("init_lora_weights", true);
        json.WriteNull("layers_pattern");
        json.WriteNull("layers_to_transform");
        json.WriteNumber("lora_alpha", adapter.RankStabilized ? Math.Round(adapter.Alpha / Math.Sqrt(adapter.Rank), RootDigits) : adapter.Alpha);
        json.WriteNumber("lora_dropout", 0.0);
        json.WriteNull("modules_to_save");
        json.WriteString("peft_type", "LORA");
        json.WriteNumber("r", adapter.Rank);
        json.WriteStartObject("rank_pattern");
        foreach (LoraSlot slot in adapter.Layout.Slots.Where(slot => slot.Rank != adapter.Rank))
        {
            json.WriteNumber(slot.Part.ModulePath, slot.Rank);
        }

        json.WriteEndObject();
        json.WriteNull("revision");
        json.WriteStartArray("target_modules");
        foreach (string module in adapter.Layout.Slots.Select(slot => slot.Part.ModuleName).Distinct())
        {
            json.WriteStringValue(module);
        }

        json.WriteEndArray();
        json.WriteString("task_type", "CAUSAL_LM");
        json.WriteBoolean("use_dora", false);
        json.WriteBoolean("use_rslora", adapter.RankStabilized);
        json.WriteEndObject();
    }

    private static EdgeBuildException Mismatch(string path, string reason) => new(
        ErrorCodes.AdapterMismatch,
        string.Create(CultureInfo.InvariantCulture, $"The PEFT adapter cannot be used: {reason}. Use a plain LoRA adapter that was trained on this base model."),
        path);
}
