using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Renders rows to tokens with the encoder that the runtime uses.</summary>
public sealed class ExampleBuilder
{
    /// <summary>
    /// The loss weight of fixed text between values. The runtime writes that text itself, so the model need not learn it; a
    /// little weight keeps exports useful in programs that generate the answer token by token.
    /// </summary>
    private const float FixedTextWeight = 0.1f;

    private readonly Dictionary<TrainedPrompt, PromptEncoder> _encoders;

    /// <summary>Initializes a new instance of the <see cref="ExampleBuilder"/> class.</summary>
    /// <param name="vocabulary">The base's vocabulary.</param>
    /// <param name="prompts">The prompts.</param>
    public ExampleBuilder(LlamaVocabulary vocabulary, IEnumerable<TrainedPrompt> prompts) =>
        _encoders = prompts.ToDictionary(prompt => prompt, prompt => new PromptEncoder(vocabulary, prompt.Compiled));

    /// <summary>Renders rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>One example a row, in the same order.</returns>
    public IReadOnlyList<TrainingExample> Build(IEnumerable<LabelledRow> rows) => [.. rows.Select(Build)];

    private TrainingExample Build(LabelledRow row)
    {
        PromptEncoder encoder = _encoders[row.Prompt];
        EncodedCompletion completion = encoder.EncodeCompletion(row.Values);
        float[] weights = [.. completion.Forced.Select(forced => (float)row.Weight * (forced ? FixedTextWeight : 1f))];
        return new TrainingExample(encoder.Encode(row.Inputs).Tokens, completion.Tokens, weights);
    }
}
