using System.Collections.Immutable;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Runtime;
using EdgeBuild.Training;

namespace EdgeBuild.Worker.Pipeline;

/// <summary>Renders rows to tokens with the encoder that the runtime uses, each row once.</summary>
public sealed class ExampleBuilder
{
    /// <summary>
    /// The loss weight of fixed text between values. The runtime writes that text itself, so the model need not learn it; a
    /// little weight keeps exports useful in programs that generate the answer token by token.
    /// </summary>
    private const float FixedTextWeight = 0.1f;

    private readonly Dictionary<TrainedPrompt, PromptEncoder> _encoders;
    private readonly Dictionary<TrainedPrompt, PromptLabels> _labels = [];
    private readonly List<LabelHead> _heads = [];
    private readonly Dictionary<LabelledRow, (TrainingExample Example, bool IsCut)> _built = new(ReferenceEqualityComparer.Instance);

    /// <summary>Initializes a new instance of the <see cref="ExampleBuilder"/> class.</summary>
    /// <param name="vocabulary">The base's vocabulary.</param>
    /// <param name="prompts">The prompts.</param>
    public ExampleBuilder(LlamaVocabulary vocabulary, IEnumerable<TrainedPrompt> prompts)
    {
        _encoders = prompts.ToDictionary(prompt => prompt, prompt => new PromptEncoder(vocabulary, prompt.Compiled));
        foreach (TrainedPrompt prompt in _encoders.Keys)
        {
            var labels = new PromptLabels(prompt, vocabulary, _heads.Count);
            _labels.Add(prompt, labels);
            _heads.AddRange(labels.Heads);
        }
    }

    /// <summary>Gets one label head for each labelled output of the prompts.</summary>
    public IReadOnlyList<LabelHead> Heads => _heads;

    /// <summary>Gets a value indicating whether label heads answer every output of the prompts.</summary>
    public bool OnlyLabels => _heads.Count == _encoders.Keys.Sum(prompt => prompt.Document.Outputs.Count);

    /// <summary>Finds the outputs that label heads answer.</summary>
    /// <param name="prompt">The prompt.</param>
    /// <returns>The indices of the outputs, in the order of <see cref="TrainingExample.Labels"/>.</returns>
    public ImmutableArray<int> HeadOutputs(TrainedPrompt prompt) => _labels[prompt].Outputs;

    /// <summary>Renders rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>One example a row, in the same order.</returns>
    public IReadOnlyList<TrainingExample> Build(IEnumerable<LabelledRow> rows) => [.. rows.Select(row => Get(row).Example)];

    /// <summary>Renders another answer to a row's question, with the same weight for each of its tokens.</summary>
    /// <param name="row">The row.</param>
    /// <param name="values">The outputs in the prompt's order.</param>
    /// <returns>The example.</returns>
    public TrainingExample BuildAnswer(LabelledRow row, IReadOnlyList<string> values)
    {
        EncodedCompletion completion = _encoders[row.Prompt].EncodeCompletion(values);
        return new TrainingExample(Get(row).Example.PromptTokens, completion.Tokens, Labels: _labels[row.Prompt].TargetsOf(values, completion));
    }

    /// <summary>Tells how long a row is.</summary>
    /// <param name="row">The row.</param>
    /// <returns>The tokens of prompt and answer.</returns>
    public int LengthOf(LabelledRow row)
    {
        TrainingExample example = Get(row).Example;
        return example.PromptTokens.Length + example.CompletionTokens.Length;
    }

    /// <summary>Tells whether an input of a row is cut.</summary>
    /// <param name="row">The row.</param>
    /// <returns>Whether tokens are left out.</returns>
    public bool IsCut(LabelledRow row) => Get(row).IsCut;

    private (TrainingExample Example, bool IsCut) Get(LabelledRow row)
    {
        if (!_built.TryGetValue(row, out (TrainingExample Example, bool IsCut) built))
        {
            PromptEncoder encoder = _encoders[row.Prompt];
            EncodedPrompt prompt = encoder.Encode(row.Inputs);
            EncodedCompletion completion = encoder.EncodeCompletion(row.Values);
            float[] weights = [.. completion.Forced.Select(forced => (float)row.Weight * (forced ? FixedTextWeight : 1f))];
            built = (new TrainingExample(prompt.Tokens, completion.Tokens, weights, _labels[row.Prompt].TargetsOf(row.Values, completion)), prompt.Truncated);
            _built.Add(row, built);
        }

        return built;
    }
}
