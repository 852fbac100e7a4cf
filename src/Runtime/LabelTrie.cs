using EdgeBuild.Contracts;

namespace EdgeBuild.Runtime;

/// <summary>
/// The token sequences of a field's labels, with common beginnings shared. Every node but the root is one token that has to
/// be evaluated once: its logits tell how probable the next token of each label is, or the token that ends the value.
/// </summary>
internal sealed class LabelTrie
{
    private readonly int[][] _paths;

    /// <summary>Initializes a new instance of the <see cref="LabelTrie"/> class.</summary>
    /// <param name="labels">The tokens of each label, without what follows; at least one label, each with at least one token.</param>
    /// <param name="terminator">The token that ends a value: the first of what follows.</param>
    /// <param name="maximumNodes">Number of nodes after which a new group is begun, so that one batch stays small.</param>
    /// <param name="maximumLabels">Number of labels after which a new group is begun; each label of a group is a sequence.</param>
    public LabelTrie(IReadOnlyList<int[]> labels, int terminator, int maximumNodes, int maximumLabels)
    {
        if (labels.Count == 0)
        {
            throw new ArgumentException("A labelled output has at least one label.", nameof(labels));
        }

        Labels = labels;
        Terminator = terminator;
        _paths = new int[labels.Count][];
        Groups = BuildGroups(maximumNodes, maximumLabels);
    }

    /// <summary>Gets the tokens of each label.</summary>
    public IReadOnlyList<int[]> Labels { get; }

    /// <summary>Gets the token that ends a value.</summary>
    public int Terminator { get; }

    /// <summary>Gets the parts of the trie that are evaluated in one batch each; every label is in exactly one.</summary>
    public IReadOnlyList<Group> Groups { get; }

    /// <summary>Gets the nodes of a label in its group, from the first token to the last.</summary>
    /// <param name="label">Index of the label.</param>
    /// <returns>Indices into <see cref="Group.Nodes"/>.</returns>
    public ReadOnlySpan<int> PathOf(int label) => _paths[label];

    private List<Group> BuildGroups(int maximumNodes, int maximumLabels)
    {
        // Neighbours in token order share the longest beginnings, whatever the order of the labels is.
        int[] order = [.. Enumerable.Range(0, Labels.Count)];
        Array.Sort(order, (left, right) => Compare(Labels[left], Labels[right]));
        var groups = new List<Group>();
        var current = new Group();
        foreach (int label in order)
        {
            int[] tokens = Labels[label];
            if (tokens.Length == 0)
            {
                throw new EdgeBuildException(ErrorCodes.InvalidFrontMatter, "A label is empty. Give every label a text.");
            }

            if (current.Labels.Count > 0
                && (current.Labels.Count >= maximumLabels || current.Nodes.Count + tokens.Length > maximumNodes))
            {
                groups.Add(current);
                current = new Group();
            }

            _paths[label] = current.Add(label, tokens);
        }

        groups.Add(current);
        return groups;
    }

    private static int Compare(int[] left, int[] right) => left.AsSpan().SequenceCompareTo(right);

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

        /// <summary>Adds a label's path.</summary>
        /// <param name="label">Index of the label.</param>
        /// <param name="tokens">Its tokens.</param>
        /// <returns>Its nodes.</returns>
        public int[] Add(int label, int[] tokens)
        {
            int member = Labels.Count;
            Labels.Add(label);
            var path = new int[tokens.Length];
            int parent = -1;
            for (int depth = 0; depth < tokens.Length; depth++)
            {
                int node = Nodes.FindIndex(candidate => candidate.Parent == parent && candidate.Token == tokens[depth]);
                if (node < 0)
                {
                    node = Nodes.Count;
                    Nodes.Add(new Node(tokens[depth], parent, depth));
                }

                Nodes[node].Members.Add(member);
                path[depth] = node;
                parent = node;
            }

            return path;
        }
    }
}
