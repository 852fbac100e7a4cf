using System.Collections.Concurrent;

using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>The lanes of the adapters that a client has called. Each has a plan of its own, since label heads and calibration belong to an adapter.</summary>
/// <param name="host">The model.</param>
/// <param name="prefixKey">Identity of the prompt's prefix.</param>
/// <param name="encoder">The prompt.</param>
/// <param name="prompt">The model's entry of the prompt in the manifest.</param>
/// <param name="rowsPerBatch">The number of calls to answer at once, where the plan allows it.</param>
/// <param name="files">The adapters by name.</param>
internal sealed class AdapterLanes(
    EdgeModelHost host, string prefixKey, PromptEncoder encoder, EdgeManifestPrompt prompt, int rowsPerBatch, IReadOnlyDictionary<string, AdapterFile> files)
{
    private readonly ConcurrentDictionary<string, CallLane> _lanes = new(StringComparer.Ordinal);

    /// <summary>Finds the lane of an adapter; its first call reads the head of its file.</summary>
    /// <param name="name">The adapter; null when the call names none.</param>
    /// <returns>The lane.</returns>
    /// <exception cref="EdgeModelException">
    /// EDGE3003: there is no such adapter, its file is missing or not that of the manifest, or it was not trained for the prompt;
    /// EDGE2005: the prompt does not fit into the model.
    /// </exception>
    public CallLane Find(string? name) => name is not null && files.TryGetValue(name, out AdapterFile? file)
        ? _lanes.GetOrAdd(name, _ => ExceptionTranslation.Run(() => Create(file)))
        : throw new EdgeModelException(ErrorCodes.ArtifactInvalid, Problem(name), host.Model.Path);

    /// <summary>Makes a lane.</summary>
    /// <param name="file">The adapter; null for the plain model.</param>
    /// <returns>The lane.</returns>
    /// <exception cref="EdgeModelException">As <see cref="Find"/>.</exception>
    public CallLane Create(AdapterFile? file)
    {
        file?.Check(host.Logger);
        EdgeManifestPrompt own = file?.FindPrompt(prompt) ?? prompt;

        // What was measured of the plain model does not hold for an adapter that has no figures of its own.
        IReadOnlyDictionary<string, EdgeManifestConfidence>? confidence = file is not null && ReferenceEquals(own, prompt) ? null : own.Confidence;
        CompletionPlan plan = CompletionPlanner.Plan(
            encoder,
            host.Pieces,
            own.Temperatures,
            host.Model.TrainedContextLength,
            contextLimit: host.Model.ContextLimit,
            heads: file?.ReadHeads() ?? host.Heads,
            confidence: confidence);
        PromptBinding.CheckContext(plan, encoder, CallSettings.Default, host.Model);
        host.Enlarge(prefixKey, plan.Capacity(encoder));
        return new CallLane(host, prefixKey, encoder, plan, plan.LargestGroup(rowsPerBatch), file, confidence is null ? null : new ConfidenceRule(confidence));
    }

    private string Problem(string? name)
    {
        string names = string.Join(", ", files.Keys.Order(StringComparer.Ordinal));
        return name is null
            ? $"The model answers through its adapters ({names}), and the call names none. Set Adapter of the call's options, or give the prompt an EdgeDataset without Adapter, from which the build trains the adapter of all other calls."
            : files.Count == 0
                ? $"The model has no adapters, the call names '{name}'. Add an EdgeAdapter item to the project and build it, or name none."
                : $"The model has no adapter '{name}'. It has: {names}.";
    }
}
