using EdgeBuild.Runtime;
using EdgeBuild.Worker.Pipeline;

namespace EdgeBuild.Worker.Asking;

/// <summary>A built model and its untuned base, opened to answer one prompt.</summary>
internal sealed class AskedModel : IDisposable
{
    private readonly EdgeCallOptions _call;

    private AskedModel(EdgePromptClient tuned, EdgePromptClient? untuned, EdgeCallOptions call, TrainedPrompt prompt, bool isChanged)
    {
        Tuned = tuned;
        Untuned = untuned;
        Prompt = prompt;
        IsChanged = isChanged;
        _call = call;
    }

    /// <summary>Gets the client of the model.</summary>
    public EdgePromptClient Tuned { get; }

    /// <summary>Gets the client of the base; null when it was not wanted, or is not there any more.</summary>
    public EdgePromptClient? Untuned { get; }

    /// <summary>Gets the prompt.</summary>
    public TrainedPrompt Prompt { get; }

    /// <summary>Gets a value indicating whether the prompt is another one than the model was trained with.</summary>
    public bool IsChanged { get; }

    /// <summary>Opens the models.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompt">The prompt.</param>
    /// <param name="withBase">Whether the base is opened too.</param>
    /// <param name="allowChanged">Whether a prompt may have other words than the model was trained with, as long as it asks for the same.</param>
    /// <returns>The opened models.</returns>
    public static AskedModel Open(BuiltModel model, TrainedPrompt prompt, bool withBase, bool allowChanged)
    {
        PromptDefinition definition = prompt.Definition(model.Plan.Model);
        MeasuredModel measured = model.Measured;
        EdgeManifest manifest = measured.Manifest;
        bool isChanged = allowChanged && IsChangedFrom(manifest, prompt);
        EdgePromptClient tuned = EdgePromptClient.Open(
            definition,
            new EdgeClientOptions
            {
                ModelPath = measured.Path,
                Manifest = isChanged ? WithHash(manifest, prompt) : manifest,
                AdapterDirectory = measured.AdapterDirectory,
                Device = EdgeDevice.Cpu,
            });
        try
        {
            return new AskedModel(
                tuned,
                withBase && File.Exists(model.Plan.Base.Path) ? OpenBase(model, definition, prompt) : null,
                new EdgeCallOptions { Adapter = model.IsAdapter ? model.Plan.Adapter : null },
                prompt,
                isChanged);
        }
        catch
        {
            tuned.Dispose();
            throw;
        }
    }

    /// <summary>Asks one of the models.</summary>
    public Task<EdgePrediction> PredictAsync(EdgePromptClient client, IReadOnlyList<string> inputs, CancellationToken cancellationToken) =>
        client.PredictAsync(inputs, OptionsOf(client), cancellationToken).AsTask();

    /// <summary>Asks one of the models for a text, piece by piece.</summary>
    public IAsyncEnumerable<string> StreamAsync(EdgePromptClient client, IReadOnlyList<string> inputs, CancellationToken cancellationToken) =>
        client.StreamAsync(inputs, OptionsOf(client), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        Tuned.Dispose();
        Untuned?.Dispose();
    }

    private static EdgePromptClient OpenBase(BuiltModel model, PromptDefinition definition, TrainedPrompt prompt) => EdgePromptClient.Open(
        definition,
        new EdgeClientOptions { ModelPath = model.Plan.Base.Path, VerifyHashes = false, Manifest = prompt.UntunedManifest(model.Plan.Model), Device = EdgeDevice.Cpu });

    /// <summary>Tells whether the words have changed; a prompt that asks for something else no training has prepared the model for.</summary>
    private static bool IsChangedFrom(EdgeManifest manifest, TrainedPrompt prompt)
    {
        if (manifest.FindPrompt(prompt.Name) is not { } trained || trained.Hash == prompt.Compiled.Hash)
        {
            return false;
        }

        bool sameLabels = trained.Labels.Count == prompt.Labels.ByOutput.Count
            && prompt.Labels.ByOutput.All(output => trained.Labels.TryGetValue(output.Key, out IReadOnlyList<string>? labels) && labels.SequenceEqual(output.Value, StringComparer.Ordinal));
        return sameLabels
            ? true
            : throw BuiltModel.NotBuilt($"The model '{manifest.Model}' was trained for other outputs or labels of the prompt '{prompt.Name}' than it has now.");
    }

    private static EdgeManifest WithHash(EdgeManifest manifest, TrainedPrompt prompt) => new()
    {
        ContractVersion = manifest.ContractVersion,
        Model = manifest.Model,
        Files = manifest.Files,
        Adapters = manifest.Adapters,
        Base = manifest.Base,
        ChatFormat = manifest.ChatFormat,
        ContextLength = manifest.ContextLength,
        LlamaCpp = manifest.LlamaCpp,
        Metrics = manifest.Metrics,
        Provenance = manifest.Provenance,
        Prompts =
        [
            .. manifest.Prompts.Select(entry => entry.Name != prompt.Name
                ? entry
                : new EdgeManifestPrompt { Name = entry.Name, Hash = prompt.Compiled.Hash, Labels = entry.Labels, Temperatures = entry.Temperatures, Confidence = entry.Confidence }),
        ],
    };

    private EdgeCallOptions? OptionsOf(EdgePromptClient client) => ReferenceEquals(client, Tuned) ? _call : null;
}
