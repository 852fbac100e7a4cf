using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Worker.Evaluation;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Exporting;

/// <summary>
/// The bill of materials of a model: CycloneDX 1.6 with a model card (bom-1.6.schema.json). It holds hashes and figures, and nothing of the rows. No
/// library of CycloneDX could be restored where this was made; a test holds it against the schema.
/// </summary>
public static class BillOfMaterials
{
    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes the document.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">Its prompts.</param>
    /// <param name="sha256">The SHA-256 of the file that the document is about.</param>
    /// <returns>JSON.</returns>
    public static string Write(BuiltModel model, IReadOnlyList<TrainedPrompt> prompts, string sha256)
    {
        EvaluationRecord record = model.Record;
        string adapterHash = FileHash.Sha256(model.AdapterPath);
        var document = new JsonObject
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["serialNumber"] = $"urn:uuid:{new Guid(Convert.FromHexString(ContentKey.OfText(sha256))[..16])}",
            ["version"] = 1,
            ["metadata"] = new JsonObject
            {
                ["timestamp"] = record.Time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
                ["tools"] = new JsonObject { ["components"] = new JsonArray(Tool("edgebuild", EdgeBuildVersion.Current), Tool("llama.cpp", LlamaCppRelease.Version)) },
                ["component"] = Model(model, prompts, record, sha256),
            },
            ["components"] = new JsonArray(Base(model), Adapter(model, adapterHash)),
            ["dependencies"] = new JsonArray(
                Depends("model", "base", "adapter"),
                Depends("adapter", "base"),
                Depends("base")),
        };
        return document.ToJsonString(_options) + "\n";
    }

    private static JsonObject Tool(string name, string version) => new() { ["type"] = "application", ["name"] = name, ["version"] = version };

    private static JsonObject Depends(string reference, params string[] on) => new()
    {
        ["ref"] = reference,
        ["dependsOn"] = new JsonArray([.. on.Select(name => (JsonNode)name)]),
    };

    private static JsonArray Hashes(string sha256) => [new JsonObject { ["alg"] = "SHA-256", ["content"] = sha256 }];

    private static JsonObject Model(BuiltModel model, IReadOnlyList<TrainedPrompt> prompts, EvaluationRecord record, string sha256)
    {
        var component = new JsonObject
        {
            ["type"] = "machine-learning-model",
            ["bom-ref"] = "model",
            ["name"] = model.Plan.Name,
            ["version"] = model.Plan.ModelKey[..Math.Min(12, model.Plan.ModelKey.Length)],
            ["hashes"] = Hashes(sha256),
        };
        AddLicense(component, model.Plan.Base.License);
        component["modelCard"] = Card(model, prompts, record);
        return component;
    }

    private static JsonObject Card(BuiltModel model, IReadOnlyList<TrainedPrompt> prompts, EvaluationRecord record)
    {
        using GgufFile file = GgufFile.Open(model.ModelPath, validate: false);
        bool classifies = record.Shipped.All(output => output.Kind == OutputKind.Label);
        return new JsonObject
        {
            ["modelParameters"] = new JsonObject
            {
                ["approach"] = new JsonObject { ["type"] = "supervised" },
                ["task"] = classifies ? "text-classification" : "text-generation",
                ["architectureFamily"] = "transformer",
                ["modelArchitecture"] = file.Architecture,
                ["datasets"] = new JsonArray([.. Datasets(model)]),
                ["inputs"] = new JsonArray([.. prompts.SelectMany(prompt => prompt.Document.Inputs).Select(input => (JsonNode)new JsonObject { ["format"] = $"{input.Name}: string" })]),
                ["outputs"] = new JsonArray([.. prompts.SelectMany(prompt => prompt.Document.Outputs).Select(output => (JsonNode)new JsonObject { ["format"] = $"{output.Name}: {output.Kind.ToString().ToLowerInvariant()}" })]),
            },
            ["quantitativeAnalysis"] = new JsonObject { ["performanceMetrics"] = new JsonArray([.. record.Shipped.SelectMany(Metrics)]) },
            ["considerations"] = new JsonObject
            {
                ["useCases"] = new JsonArray([.. prompts.Select(prompt => (JsonNode)(prompt.Document.Description ?? $"The prompt '{prompt.Name}'."))]),
                ["technicalLimitations"] = new JsonArray("Answers only the prompts that it was trained on; figures hold for inputs like those of the test rows."),
                ["performanceTradeoffs"] = new JsonArray(record.File.Describe()),
            },
            ["properties"] = new JsonArray([.. GgufProvenance.Facts(model.Plan, record.File.Quantization, model.AdapterPath)
                .Select(fact => (JsonNode)new JsonObject { ["name"] = GgufProvenance.Prefix + fact.Key, ["value"] = fact.Value })]),
        };
    }

    private static IEnumerable<JsonNode> Datasets(BuiltModel model) => model.Plan.Prompts.SelectMany(prompt => prompt.Datasets).DistinctBy(dataset => dataset.DisplayPath).Select(dataset => (JsonNode)new JsonObject
    {
        ["type"] = "dataset",
        ["name"] = dataset.DisplayPath,
        ["classification"] = "private",
        ["contents"] = new JsonObject
        {
            ["properties"] = new JsonArray([.. File.Exists(dataset.Path) ? (JsonNode[])[Property("split", dataset.Split), Property("sha256", ContentKey.OfFile(dataset.Path))] : [Property("split", dataset.Split)]]),
        },
    });

    private static JsonObject Property(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static IEnumerable<JsonNode> Metrics(OutputEvaluation output)
    {
        WilsonInterval interval = WilsonInterval.Of(output.Correct, output.Rows);
        yield return Metric(output, "accuracy", output.Accuracy, (interval.Low, interval.High));
        if (output.MacroF1 is { } macroF1)
        {
            yield return Metric(output, "macro F1", macroF1);
        }

        if (output.FieldAccuracy is { } fields)
        {
            yield return Metric(output, "exact fields", fields);
        }

        if (output.Text is { } text)
        {
            yield return Metric(output, "ROUGE-L", text.RougeL, text.RougeLInterval);
            yield return Metric(output, "chrF", text.Chrf, text.ChrfInterval);
        }
    }

    private static JsonObject Metric(OutputEvaluation output, string type, double value, (double Low, double High)? interval = null)
    {
        var metric = new JsonObject { ["type"] = type, ["value"] = Number(value), ["slice"] = $"{output.Prompt}/{output.Output}, {output.Rows} test rows" };
        if (interval is (var low, var high))
        {
            metric["confidenceInterval"] = new JsonObject { ["lowerBound"] = Number(low), ["upperBound"] = Number(high) };
        }

        return metric;
    }

    private static string Number(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static JsonObject Base(BuiltModel model)
    {
        var component = new JsonObject { ["type"] = "machine-learning-model", ["bom-ref"] = "base", ["name"] = model.Plan.Base.Name, ["hashes"] = Hashes(model.Plan.Base.Sha256) };
        AddLicense(component, model.Plan.Base.License);
        return component;
    }

    private static JsonObject Adapter(BuiltModel model, string sha256) => new()
    {
        ["type"] = "machine-learning-model",
        ["bom-ref"] = "adapter",
        ["name"] = model.Plan.Name + " LoRA adapter",
        ["version"] = model.Plan.AdapterKey[..Math.Min(12, model.Plan.AdapterKey.Length)],
        ["hashes"] = Hashes(sha256),
    };

    /// <summary>The licence is an expression of SPDX as the project gives it; an unknown one is left out.</summary>
    private static void AddLicense(JsonObject component, string license)
    {
        if (license.Length > 0)
        {
            component["licenses"] = new JsonArray(new JsonObject { ["expression"] = license });
        }
    }
}
