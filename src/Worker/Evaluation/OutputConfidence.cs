using EdgeBuild.Runtime;

namespace EdgeBuild.Worker.Evaluation;

/// <summary>What an app may make of the probabilities of an output: its temperature and the thresholds of its labels, as the manifest that ships has them.</summary>
/// <param name="Prompt">The prompt's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="Temperature">What the logits are divided by.</param>
/// <param name="Levels">For each precision the thresholds, with what they gave on the test rows.</param>
public sealed record OutputConfidence(string Prompt, string Output, double Temperature, IReadOnlyList<EdgeManifestPrecision> Levels)
{
    /// <summary>Reads those of a model.</summary>
    /// <param name="manifest">The manifest; that of an adapter has its own.</param>
    /// <returns>One entry for each output with labels.</returns>
    public static IReadOnlyList<OutputConfidence> Of(EdgeManifest manifest) =>
    [
        .. PromptsOf(manifest).SelectMany(prompt => prompt.Temperatures.Select(temperature => new OutputConfidence(
            prompt.Name, temperature.Key, temperature.Value, prompt.Confidence.GetValueOrDefault(temperature.Key)?.Levels ?? []))),
    ];

    /// <summary>Gets the temperature of an output.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="prompt">The prompt's name.</param>
    /// <param name="output">The output's name.</param>
    /// <returns>1 when none was fitted.</returns>
    public static double TemperatureOf(EdgeManifest manifest, string prompt, string output) =>
        PromptsOf(manifest).FirstOrDefault(entry => entry.Name == prompt)?.Temperatures.GetValueOrDefault(output, 1) ?? 1;

    private static IReadOnlyList<EdgeManifestPrompt> PromptsOf(EdgeManifest manifest) => manifest.Adapters is [{ } adapter] ? adapter.Prompts : manifest.Prompts;
}
