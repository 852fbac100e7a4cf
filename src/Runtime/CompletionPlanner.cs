using EdgeBuild.Contracts;
using EdgeBuild.LlamaCpp;
using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>Plans how the answers of a prompt are found.</summary>
internal sealed class CompletionPlanner
{
    /// <summary>The tokens of an array or object, after which it has to end.</summary>
    internal const int MaximumNestedTokens = 384;

    private const int MaximumNumberTokens = 24;
    private const int SmallestNestedTokens = 32;

    // Logits of one batch are kept in memory: nodes times vocabulary times four bytes.
    private const long MaximumLogitBytes = 64 << 20;

    // Labels of a hundred words or so; beyond, further batches cost little.
    private const int MostNodes = 320;

    private readonly PromptEncoder _encoder;
    private readonly TokenPieces _pieces;
    private readonly IReadOnlyDictionary<string, double> _temperatures;
    private readonly int _maximumNodes;
    private readonly IReadOnlyList<LabelHeadValues> _heads;
    private readonly IReadOnlyDictionary<string, EdgeManifestConfidence> _confidence;

    private CompletionPlanner(
        PromptEncoder encoder,
        TokenPieces pieces,
        IReadOnlyDictionary<string, double> temperatures,
        int maximumNodes,
        IReadOnlyList<LabelHeadValues> heads,
        IReadOnlyDictionary<string, EdgeManifestConfidence> confidence)
    {
        _heads = heads;
        _confidence = confidence;
        _encoder = encoder;
        _pieces = pieces;
        _temperatures = temperatures;
        _maximumNodes = maximumNodes;
    }

    /// <summary>Plans the answers of a prompt.</summary>
    /// <param name="encoder">Turns the prompt's segments into tokens.</param>
    /// <param name="pieces">The texts of the vocabulary's tokens.</param>
    /// <param name="temperatures">The temperature of each labelled output by name; 1 where none is given.</param>
    /// <param name="contextLength">The number of tokens that the model was trained for.</param>
    /// <param name="maximumNodes">Number of trie nodes that one batch evaluates at most; null for what the memory for logits allows.</param>
    /// <param name="contextLimit">The number of tokens that a context may have at most, or null for any number.</param>
    /// <param name="heads">The label heads of the model.</param>
    /// <param name="confidence">What the build has measured of the outputs, by name.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="EdgeModelException">EDGE1007: an output's kind cannot be answered.</exception>
    public static CompletionPlan Plan(
        PromptEncoder encoder,
        TokenPieces pieces,
        IReadOnlyDictionary<string, double> temperatures,
        int contextLength,
        int? maximumNodes = null,
        int? contextLimit = null,
        IReadOnlyList<LabelHeadValues>? heads = null,
        IReadOnlyDictionary<string, EdgeManifestConfidence>? confidence = null)
    {
        int nodes = maximumNodes ?? (int)Math.Clamp(MaximumLogitBytes / (pieces.Count * sizeof(float)), 16, MostNodes);
        var planner = new CompletionPlanner(
            encoder, pieces, temperatures, nodes, heads ?? [], confidence ?? new Dictionary<string, EdgeManifestConfidence>());
        var plan = new CompletionPlan(planner.Steps(), nodes) { ContextLimit = contextLimit ?? int.MaxValue };
        ShareContext(plan, encoder, Math.Min(contextLength, plan.ContextLimit));
        return plan;
    }

    // What the prompt and the other values leave of the context is for arrays and objects.
    private static void ShareContext(CompletionPlan plan, PromptEncoder encoder, int contextLength)
    {
        CompletionStep[] nested = [.. plan.Steps.Where(step => step.Root is not null)];
        int left = contextLength - plan.MaximumTokens(encoder);
        foreach (CompletionStep step in nested)
        {
            step.MaximumTokens = Math.Clamp(left / nested.Length, SmallestNestedTokens, MaximumNestedTokens);
        }
    }

    private List<CompletionStep> Steps()
    {
        CompiledPrompt prompt = _encoder.Prompt;
        var steps = new List<CompletionStep>();
        var pending = new List<int>();
        for (int i = 0; i < prompt.Completion.Count; i++)
        {
            PromptSegment segment = prompt.Completion[i];
            if (segment.Kind != SegmentKind.Output)
            {
                pending.AddRange(_encoder.FixedCompletionTokens(i));
                continue;
            }

            steps.Add(Step(segment.SlotIndex, [.. pending], _encoder.FixedCompletionTokens(i + 1)[0]));
            pending.Clear();
        }

        return steps;
    }

    private CompletionStep Step(int index, int[] fixedTokens, int terminator)
    {
        PromptOutput output = _encoder.Prompt.Document.Outputs[index];
        if (NestedAnswer.IsNested(output))
        {
            return new CompletionStep
            {
                Name = output.Name,
                Kind = CompletionStep.ValueKind.Nested,
                FixedTokens = fixedTokens,
                Terminators = [terminator],
                Root = new AnswerNodeBuilder(_encoder, _pieces, (leaf, labels, ends) => Leaf(leaf, labels, [], ends, isNested: true)).Build(output, terminator),
            };
        }

        return Leaf(output, output.IsLabelled ? _encoder.Prompt.Labels[output.Name] : [], fixedTokens, [terminator], isNested: false);
    }

    private CompletionStep Leaf(PromptOutput output, IReadOnlyList<string> labels, int[] fixedTokens, int[] terminators, bool isNested)
    {
        bool escaped = isNested || _encoder.Prompt.Document.Outputs.Count > 1;
        if (labels.Count > 0)
        {
            int[][] tokens = [.. labels.Select(label =>
                _encoder.TokenizeValue(escaped && output.Kind == PromptValueKind.String ? AnswerText.EscapeJson(label) : label))];
            LabelHeadValues? head = isNested ? null : Head(output.Name, labels.Count);
            double temperature = _temperatures.TryGetValue(output.Name, out double value) && value > 0 && double.IsFinite(value) ? value : 1;
            return new CompletionStep
            {
                Name = output.Name,
                Kind = CompletionStep.ValueKind.Label,
                FixedTokens = fixedTokens,
                Terminators = terminators,
                Labels = labels,
                Trie = new LabelTrie(tokens, terminators, _maximumNodes),
                Head = head,
                Temperature = temperature,
                Familiarity = Measure(output.Name, head),
                IsQuoted = output.Kind == PromptValueKind.String,
            };
        }

        return new CompletionStep
        {
            Name = output.Name,
            Kind = output.Kind switch
            {
                PromptValueKind.Integer => CompletionStep.ValueKind.Integer,
                PromptValueKind.Float => CompletionStep.ValueKind.Float,
                _ => escaped ? CompletionStep.ValueKind.JsonText : CompletionStep.ValueKind.Text,
            },
            FixedTokens = fixedTokens,
            Terminators = terminators,
            MaximumTokens = output.MaxTokens ?? (output.Kind == PromptValueKind.String ? EdgeCallOptions.DefaultMaxTokens : MaximumNumberTokens),
            IsQuoted = output.Kind == PromptValueKind.String,
        };
    }

    private Familiarity? Measure(string output, LabelHeadValues? head) =>
        head is not null && _confidence.TryGetValue(output, out EdgeManifestConfidence? confidence) && confidence.Familiarity is EdgeManifestFamiliarity familiarity
            ? Familiarity.From(output, familiarity, head.Width)
            : null;

    private LabelHeadValues? Head(string output, int labels)
    {
        string name = LabelHeadMetadata.NameOf(_encoder.Prompt.Document.Name, output);
        LabelHeadValues? head = _heads.FirstOrDefault(head => head.Name == name);
        return head is null || head.LabelCount == labels
            ? head
            : throw new EdgeModelException(
                ErrorCodes.ArtifactInvalid,
                $"The model was trained for {head.LabelCount} labels of '{name}', the prompt has {labels}. Rebuild the project, and deploy the edge folder of the same build as the app.");
    }
}
