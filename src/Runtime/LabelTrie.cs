using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>
/// The token sequences of a field's labels, with common beginnings shared. Every node but the root is one token that has to
/// be evaluated once: its logits tell how probable the next token of each label is, or the token that ends the value.
/// </summary>
internal sealed class LabelTrie
{
    // Beyond this, a second decode of the probable labels alone costs less than all labels beside the text before them.
    private const int MaximumFusedNodes = 24;

    /// <summary>Initializes a new instance of the <see cref="LabelTrie"/> class.</summary>
    /// <param name="labels">The tokens of each label, without what follows; at least one label, each with at least one token.</param>
    /// <param name="terminator">The token that ends a value: the first of what follows.</param>
    /// <param name="maximumNodes">Number of nodes, and of labels, that one batch evaluates at most; a single label may have more.</param>
    public LabelTrie(IReadOnlyList<int[]> labels, int terminator, int maximumNodes)
        : this(labels, [terminator], maximumNodes)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="LabelTrie"/> class.</summary>
    /// <param name="labels">The tokens of each label, without what follows; at least one label, each with at least one token.</param>
    /// <param name="terminators">The tokens that end a value: the first of what may follow.</param>
    /// <param name="maximumNodes">Number of nodes, and of labels, that one batch evaluates at most; a single label may have more.</param>
    public LabelTrie(IReadOnlyList<int[]> labels, int[] terminators, int maximumNodes)
    {
        if (labels.Count == 0)
        {
            throw new ArgumentException("A labelled output has at least one label.", nameof(labels));
        }

        if (labels.Any(label => label.Length == 0))
        {
            throw new EdgeBuildException(ErrorCodes.InvalidFrontMatter, "A label is empty. Give every label a text.");
        }

        Labels = labels;
        Terminators = terminators;
        LongestLabel = labels.Max(label => label.Length);
        MaximumNodes = Math.Max(maximumNodes, LongestLabel);
        Group whole = GroupOf([.. Enumerable.Range(0, labels.Count)]);
        Fused = whole.Labels.Count == labels.Count && whole.Nodes.Count <= MaximumFusedNodes ? whole : null;
        LargestGroup = Fused is null ? MaximumNodes : whole.Nodes.Count;
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

    private int MaximumNodes { get; }

    /// <summary>Makes a part of the trie of as many labels as one batch takes.</summary>
    /// <param name="labels">Indices of labels, the most wanted first; at least one.</param>
    /// <returns>The part; it holds the first labels of the list.</returns>
    public Group GroupOf(IReadOnlyList<int> labels)
    {
        var group = new Group();
        foreach (int label in labels)
        {
            if (group.Labels.Count == MaximumNodes || !group.TryAdd(label, Labels[label], MaximumNodes))
            {
                break;
            }
        }

        return group;
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
    }

    /// <summary>Labels that are evaluated in one batch.</summary>
    internal sealed class Group
    {
        /// <summary>Gets the labels of the group, as indices of the trie's labels.</summary>
        public List<int> Labels { get; } = [];

        /// <summary>Gets the nodes; a parent is always before its children.</summary>
        public List<Node> Nodes { get; } = [];

        /// <summary>Adds a label's path unless the group would become too large.</summary>
        /// <param name="label">Index of the label.</param>
        /// <param name="tokens">Its tokens.</param>
        /// <param name="maximumNodes">The largest number of nodes.</param>
        /// <returns>Whether it was added.</returns>
        public bool TryAdd(int label, int[] tokens, int maximumNodes)
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

        private int Find(int parent, int token) => Nodes.FindIndex(node => node.Parent == parent && node.Token == token);
    }
}
