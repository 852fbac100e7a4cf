using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <content>How a client comes to its model.</content>
public sealed partial class EdgePromptClient
{
    /// <summary>
    /// Opens the model that answers a prompt, and begins to prepare the first call in the background; a call that comes sooner
    /// waits for what it needs only.
    /// </summary>
    /// <param name="definition">The prompt that the client was compiled with.</param>
    /// <param name="options">How the model is found and run.</param>
    /// <returns>The client.</returns>
    /// <exception cref="EdgeModelException">
    /// EDGE3002: an adapter was trained on another model; EDGE3003: the model or its manifest is missing, damaged or of another build than the client; EDGE4001: the file is no
    /// valid GGUF file; EDGE4005: the native libraries are missing; EDGE4007: the chat format is not known.
    /// </exception>
    public static EdgePromptClient Open(PromptDefinition definition, EdgeClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(options);
        CallSettings.RequireShare(options.RequiredPrecision, nameof(options.RequiredPrecision));
        return ExceptionTranslation.Run(() => OpenModel(definition, options));
    }

    private static EdgePromptClient OpenModel(PromptDefinition definition, EdgeClientOptions options)
    {
        string modelPath = options.ModelPath ?? Path.Combine(AppContext.BaseDirectory, "edge", definition.Model + ".gguf");
        string manifestPath = EdgeManifest.PathFor(modelPath);
        EdgeManifest manifest = options.Manifest ?? EdgeManifest.Load(manifestPath);
        EdgeManifestPrompt prompt = PromptBinding.FindPrompt(definition, manifest, manifestPath);
        Dictionary<string, AdapterFile> adapters = AdapterFile.Find(manifest, modelPath, options);
        EdgeModelHost host = EdgeModelHost.Acquire(modelPath, manifest.Files is [EdgeManifestFile file, ..] ? file : null, options);
        try
        {
            ChatFormat format = PromptBinding.FindChatFormat(manifest, host.Model, manifestPath);
            var encoder = new PromptEncoder(host.Model.Vocabulary, PromptBinding.Compile(definition, format));
            string prefixKey = InferenceContext.PrefixKey(encoder.PrefixTokens.Span);
            var lanes = new AdapterLanes(host, prefixKey, encoder, prompt, options.RowsPerBatch, adapters);
            CallLane? lane = adapters.Count == 0 ? lanes.Create(null) : adapters.ContainsKey(manifest.Model) ? lanes.Find(manifest.Model) : null;
            host.Register(prefixKey, lane?.Plan.Capacity(encoder) ?? default);
            var client = new EdgePromptClient(host, encoder, prefixKey, lane, lanes, manifest.Model, options);
            _ = client.WarmUpInBackgroundAsync();
            return client;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }
}
