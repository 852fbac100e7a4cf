using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>
/// The token sequences of a field's labels, with common beginnings shared. Every node but the root is one token that has to
/// be evaluated once: its logits tell how probable the next token of each label is. The last token of a label needs no evaluation,
/// unless another label goes on from it: then the token that ends the value tells the two apart.
/// </summary>
internal sealed class LabelTrie
{
    // Beyond this, a second decode of the probable labels alone costs less than all labels beside the text before them.
    private const int MaximumFusedNodes = 24;

    private readonly int[] _evaluated;
    private readonly int _maximumNodes;

    /// <summary>Initializes a new instance of the <see cref="LabelTrie"/> class.</summary>
    /// <param name="labels">The tokens of each label, without what follows; at least one label, each with at least one token.</param>
    /// <param name="terminator">The token that ends a value: the first of what follows.</param>
    /// <param name="maximumNodes">Number of nodes that one batch evaluates at most; a single label may have more.</param>
    public LabelTrie(IReadOnlyList<int[]> labels, int terminator, int maximumNodes)
        : this(labels, [terminator], maximumNodes)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="LabelTrie"/> class.</summary>
    /// <param name="labels">The tokens of each label, without what follows; at least one label, each with at least one token.</param>
    /// <param name="terminators">The tokens that end a value: the first of what may follow.</param>
    /// <param name="maximumNodes">Number of nodes that one batch evaluates at most; a single label may have more.</param>
    public LabelTrie(IReadOnlyList<int[]> labels, int[] terminators, int maximumNodes)
    {
        if (labels.Count == 0)
        {
            throw new ArgumentException("A labelled output has at least one label.", nameof(labels));
        }

        if (labels.Any(label => label.Length == 0))
        {
            throw new EdgeModelException(ErrorCodes.InvalidFrontMatter, "A label is empty. Give every label a text.");
        }

        Labels = labels;
        Terminators = terminators;
        LongestLabel = labels.Max(label => label.Length);
        _maximumNodes = Math.Max(maximumNodes, LongestLabel);
        _evaluated = CountEvaluated(labels);
        Group whole = GroupOf([.. Enumerable.Range(0, labels.Count)]);
        bool fits = whole.Labels.Count == labels.Count;
        Fused = fits && whole.Nodes.Count is > 0 and <= MaximumFusedNodes ? whole : null;
        LargestGroup = fits ? whole.Nodes.Count : _maximumNodes;

        // Every branch of a group ends at a node of its own.
        LargestFork = fits ? whole.BranchCount : _maximumNodes;
    }

    /// <summary>Gets the tokens of each label.</summary>
    public IReadOnlyList<int[]> Labels { get; }

    /// <summary>Gets the tokens that end a value.</summary>
    public int[] Terminators { get; }

    /// <summary>Gets the number of tokens of the longest label.</summary>
    public int LongestLabel { get; }

    /// <summary>Gets the whole trie when it is small enough to be evaluated with the text before the value; else null.</summary>
    public Group? Fused { get; }

    /// <summary>Gets the largest number of nodes that one batch evaluates.</summary>
    public int LargestGroup { get; }

    /// <summary>Gets the largest number of branches, each a sequence, that one batch evaluates.</summary>
    public int LargestFork { get; }

    /// <summary>Tells whether the logits before the value tell the whole probability of a label.</summary>
    /// <param name="label">The index of the label.</param>
    /// <returns>True when no token of it has to be evaluated.</returns>
    public bool IsKnownByFirstToken(int label) => _evaluated[label] == 0;

    /// <summary>Makes a part of the trie of as many labels as one batch takes.</summary>
    /// <param name="labels">Indices of labels, the most wanted first; at least one.</param>
    /// <returns>The part; it holds the first labels of the list.</returns>
    public Group GroupOf(IReadOnlyList<int> labels)
    {
        var group = new Group();
        foreach (int label in labels)
        {
            if (!group.TryAdd(label, Labels[label].AsSpan(0, _evaluated[label]), _maximumNodes))
            {
                break;
            }
        }

        group.Branch();
        return group;
    }

    // In the order of their tokens a label that others go on from stands directly before one of those.
    private static int[] CountEvaluated(IReadOnlyList<int[]> labels)
    {
        int[] order = [.. Enumerable.Range(0, labels.Count)];
        Array.Sort(order, (left, right) => labels[left].AsSpan().SequenceCompareTo(labels[right]));
        int[] counts = new int[labels.Count];
        for (int i = 0; i < order.Length; i++)
        {
            int[] tokens = labels[order[i]];
            bool goesOn = i + 1 < order.Length && labels[order[i + 1]] is int[] next && next.Length > tokens.Length && next.AsSpan().StartsWith(tokens);
            counts[order[i]] = goesOn ? tokens.Length : tokens.Length - 1;
        }

        return counts;
    }

    /// <summary>A node: one token after its parent's tokens.</summary>
    internal sealed class Node(int token, int parent, int depth)
    {
        /// <summary>Gets the token.</summary>
        public int Token { get; } = token;

        /// <summary>Gets the index of the parent, or -1 for the root.</summary>
        public int Parent { get; } = parent;

        /// <summary>Gets the number of tokens before this one, from the root.</summary>
        public int Depth { get; } = depth;

        /// <summary>Gets the positions, in the group's label list, of the labels that go through the node.</summary>
        public List<int> Members { get; } = [];

        /// <summary>Gets the branches of the group that go through the node.</summary>
        public List<int> Branches { get; } = [];
    }

    /// <summary>Labels that are evaluated in one batch.</summary>
    internal sealed class Group
    {
        /// <summary>Gets the labels of the group, as indices of the trie's labels.</summary>
        public List<int> Labels { get; } = [];

        /// <summary>Gets the nodes; a parent is always before its children.</summary>
        public List<Node> Nodes { get; } = [];

        /// <summary>Gets the number of branches: paths to a node that has no children, each evaluated as a sequence.</summary>
        public int BranchCount { get; private set; }

        /// <summary>Adds a label's path unless the group would become too large.</summary>
        /// <param name="label">Index of the label.</param>
        /// <param name="tokens">Those of its tokens that have to be evaluated.</param>
        /// <param name="maximumNodes">The largest number of nodes.</param>
        /// <returns>Whether it was added.</returns>
        public bool TryAdd(int label, ReadOnlySpan<int> tokens, int maximumNodes)
        {
            int shared = 0;
            int parent = -1;
            while (shared < tokens.Length && Find(parent, tokens[shared]) is int node and >= 0)
            {
                parent = node;
                shared++;
            }

            if (Nodes.Count + tokens.Length - shared > maximumNodes)
            {
                return false;
            }

            for (int depth = shared; depth < tokens.Length; depth++)
            {
                Nodes.Add(new Node(tokens[depth], parent, depth));
                parent = Nodes.Count - 1;
            }

            for (int node = parent; node >= 0; node = Nodes[node].Parent)
            {
                Nodes[node].Members.Add(Labels.Count);
            }

            Labels.Add(label);
            return true;
        }

        /// <summary>Numbers the branches, when all labels are there.</summary>
        public void Branch()
        {
            for (int index = Nodes.Count - 1; index >= 0; index--)
            {
                Node node = Nodes[index];
                if (node.Branches.Count == 0)
                {
                    node.Branches.Add(BranchCount++);
                }

                if (node.Parent >= 0)
                {
                    Nodes[node.Parent].Branches.AddRange(node.Branches);
                }
            }
        }

        private int Find(int parent, int token) => Nodes.FindIndex(node => node.Parent == parent && node.Token == token);
    }
}
