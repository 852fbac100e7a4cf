using System.Text;

using EdgeBuild.Prompts;

namespace EdgeBuild.Runtime;

/// <summary>
/// Finds a nested value in the segments of <see cref="NestedAnswer"/>. The result always parses: punctuation is written here, the
/// model chooses between its alternatives only. When the tokens of the value are used up, texts are left empty, arrays end, and
/// what may be missing is missing.
/// </summary>
/// <param name="row">The row that the value belongs to.</param>
/// <param name="step">The step of the value.</param>
internal sealed class NestedValueWriter(CompletionRow row, CompletionStep step)
{
    private readonly StringBuilder _json = new();
    private readonly StringBuilder _fixed = new();
    private readonly int _start = row.Position + row.Pending.Count;
    private double _logProbability;
    private bool _truncated;
    private bool _missing;
    private string _leafText = string.Empty;
    private IReadOnlyList<LabelProbability> _leafLabels = [];
    private int _chosen;

    private int Left => Math.Max(0, step.MaximumTokens - (row.Position + row.Pending.Count - _start));

    /// <summary>Finds the value. What follows it may be appended to the row then.</summary>
    /// <param name="root">The plan of the value.</param>
    /// <returns>What has to be computed.</returns>
    public IEnumerable<LabelTrie.Group?> Write(AnswerNode root)
    {
        foreach (LabelTrie.Group? wanted in Value(root))
        {
            yield return wanted;
        }

        Flush();
        _missing = !root.Output.Required && _json.ToString() == NestedAnswer.Null;
    }

    /// <summary>Gets the value.</summary>
    /// <returns>JSON of an array or object, else as a row has it.</returns>
    public FieldPrediction ToPrediction()
    {
        bool single = step.Root!.Leaf is not null && !_missing;
        return new FieldPrediction(step.Name, single ? _leafText : _json.ToString(), single ? _leafLabels : [], Math.Exp(_logProbability))
        {
            IsMissing = _missing,
            Truncated = _truncated,
        };
    }

    private IEnumerable<LabelTrie.Group?> Value(AnswerNode node)
    {
        if (node.Output.Required)
        {
            Write(NestedAnswer.Opening(node.Output));
            return Body(node);
        }

        return Optional(node);
    }

    private IEnumerable<LabelTrie.Group?> Optional(AnswerNode node)
    {
        Flush();
        foreach (LabelTrie.Group? wanted in Decide(NestedAnswer.Null, NestedAnswer.Opening(node.Output), node))
        {
            yield return wanted;
        }

        if (_chosen == 0)
        {
            yield break;
        }

        foreach (LabelTrie.Group? wanted in Body(node))
        {
            yield return wanted;
        }
    }

    private IEnumerable<LabelTrie.Group?> Body(AnswerNode node) => node switch
    {
        { Leaf: CompletionStep leaf } => Leaf(leaf),
        { Item: AnswerNode item } => Items(item),
        { Function: CompletionStep function } => Call(node, function),
        _ => Properties(node),
    };

    private IEnumerable<LabelTrie.Group?> Leaf(CompletionStep leaf)
    {
        Flush();
        if (leaf.Trie is LabelTrie trie)
        {
            var scores = new LabelScores(leaf, trie);
            foreach (LabelTrie.Group? wanted in row.Choose(leaf, trie, scores))
            {
                yield return wanted;
            }

            FieldPrediction label = scores.ToPrediction();
            _logProbability += Math.Log(label.Confidence);
            _leafText = label.Text;
            _leafLabels = label.Probabilities;
        }
        else
        {
            var result = new GeneratedResult();
            int limit = leaf.IsText ? Math.Min(leaf.LongestValueFor(row.Call.Settings), Left) : leaf.MaximumTokens;
            foreach (LabelTrie.Group? wanted in row.Generate(leaf, limit, result))
            {
                yield return wanted;
            }

            _logProbability += result.LogProbability;
            _truncated |= result.Truncated;
            _leafText = result.Text;
        }

        if (leaf.IsQuoted)
        {
            _json.Append(AnswerText.EscapeJson(_leafText));
            Write("\"");
        }
        else
        {
            _json.Append(_leafText);
        }
    }

    private IEnumerable<LabelTrie.Group?> Call(AnswerNode node, CompletionStep function)
    {
        Flush();
        var scores = new LabelScores(function, function.Trie!);
        foreach (LabelTrie.Group? wanted in row.Choose(function, function.Trie!, scores))
        {
            yield return wanted;
        }

        FieldPrediction name = scores.ToPrediction();
        _logProbability += Math.Log(name.Confidence);
        _json.Append(AnswerText.EscapeJson(name.Text));
        Write(NestedAnswer.ArgumentsOpening(node.Output.Tools[scores.Best]));
        foreach (LabelTrie.Group? wanted in Body(node.Arguments[scores.Best]))
        {
            yield return wanted;
        }

        Write("}");
    }

    private IEnumerable<LabelTrie.Group?> Properties(AnswerNode node)
    {
        for (int index = 0; index < node.Properties.Count; index++)
        {
            AnswerNode property = node.Properties[index];
            if (index > 0)
            {
                Write("," + NestedAnswer.PropertyOpening(property.Output));
            }

            foreach (LabelTrie.Group? wanted in property.Output.Required ? Body(property) : Optional(property))
            {
                yield return wanted;
            }
        }

        Write("}");
    }

    private IEnumerable<LabelTrie.Group?> Items(AnswerNode item)
    {
        string opening = NestedAnswer.Opening(item.Output);
        Flush();
        foreach (LabelTrie.Group? wanted in Decide(NestedAnswer.ArrayEnd, opening, item))
        {
            yield return wanted;
        }

        while (_chosen == 1)
        {
            foreach (LabelTrie.Group? wanted in Body(item))
            {
                yield return wanted;
            }

            // The punctuation at the end of the item is part of both alternatives, and in the JSON already.
            string close = _fixed.ToString();
            _fixed.Clear();
            _json.Length -= close.Length;
            foreach (LabelTrie.Group? wanted in Decide(close + NestedAnswer.ArrayEnd, close + "," + opening, null))
            {
                yield return wanted;
            }
        }
    }

    // An empty second text stands for a value that begins without punctuation: its first token decides, and stays to be chosen.
    private IEnumerable<LabelTrie.Group?> Decide(string first, string second, AnswerNode? value)
    {
        int[] ends = row.Encoder.TokenizeFixedText(first);
        int[] goesOn = second.Length == 0 ? [] : row.Encoder.TokenizeFixedText(second);
        if (Left == 0)
        {
            _truncated = true;
            row.Pending.AddRange(ends);
            _chosen = 0;
            _json.Append(first);
            yield break;
        }

        int common = ends.AsSpan().CommonPrefixLength(goesOn);
        row.Pending.AddRange(ends.AsSpan(0, common));
        if (row.Pending.Count > 0)
        {
            yield return null;
        }

        _chosen = ChooseToken(row.Logits, ends[common], goesOn.Length == 0 ? value!.FirstTokens : goesOn.AsSpan(common, 1));
        int[] chosen = _chosen == 0 ? ends : goesOn;
        row.Pending.AddRange(chosen.AsSpan(Math.Min(common, chosen.Length)));
        _json.Append(_chosen == 0 ? first : second);
    }

    private int ChooseToken(ReadOnlySpan<float> logits, int ends, ReadOnlySpan<int> goesOn)
    {
        float best = logits[LogProbability.MostProbable(logits, goesOn)];
        double sum = 0;
        foreach (int token in goesOn)
        {
            sum += Math.Exp(logits[token] - best);
        }

        // As log-probabilities of one of the two.
        double difference = best + Math.Log(sum) - logits[ends];
        bool ending = logits[ends] >= best;
        _logProbability -= Math.Log(1 + Math.Exp(ending ? difference : -difference));
        return ending ? 0 : 1;
    }

    private void Write(string text)
    {
        _fixed.Append(text);
        _json.Append(text);
    }

    private void Flush()
    {
        if (_fixed.Length > 0)
        {
            row.Pending.AddRange(row.Encoder.TokenizeFixedText(_fixed.ToString()));
            _fixed.Clear();
        }
    }
}
